import os

import pytest

from airflow_tune.errors import SettingsError
from airflow_tune.settings import command

ENV = {"PATH": os.environ["PATH"], "WHO": "me"}


def test_output_is_kept_whole():
    assert command.run("echo 'a  b'", ENV) == "a  b\n"


def test_no_shell_is_involved():
    assert command.run("echo $WHO ; ls", ENV) == "$WHO ; ls\n"


def test_the_environment_is_the_one_given():
    assert command.run("sh -c 'printf $WHO'", ENV) == "me"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("sh -c 'echo hunter2; echo hunter2 >&2; exit 3'", "its command sh failed with exit code 3"),
        ("no-such-command hunter2", "its command no-such-command does not start: No such file"),
        ("echo 'hunter2", "cannot be split into words: No closing quotation"),
        ("", "its command is empty"),
    ],
)
def test_what_fails_is_said_without_secrets(line, reason):
    with pytest.raises(SettingsError) as caught:
        command.run(line, ENV)
    assert reason in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_command_that_does_not_end(monkeypatch):
    monkeypatch.setattr(command, "TIMEOUT_S", 0.1)
    with pytest.raises(SettingsError, match="its command sleep did not end"):
        command.run("sleep 60", ENV)
