from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from airflow_tune.cli.output import PIPED_WIDTH, look


def test_a_file_is_plain_and_as_wide_as_columns_says(tmp_path, monkeypatch):
    assert look(tmp_path / "out").width == PIPED_WIDTH
    monkeypatch.setenv("COLUMNS", "200")
    assert look(tmp_path / "out").width == 200
    assert not look(tmp_path / "out").colour


def on_a_terminal(columns, env):
    """Return what `profiles list` prints on a real terminal of that many columns."""
    leader, follower = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "TERM"}}
    done = subprocess.Popen(
        [sys.executable, "-m", "airflow_tune", "profiles", "show", "development"],
        stdout=follower, stdin=follower, env={**clean, "TERM": "xterm", "COLUMNS": columns, **env},
    )  # fmt: skip
    os.close(follower)
    read = b""
    try:
        while part := os.read(leader, 65536):
            read += part
    except OSError:  # Linux says so where the other end was closed
        pass
    os.close(leader)
    assert done.wait(timeout=60) == 0
    return read.decode()


@pytest.mark.parametrize(
    ("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_colour_unless_it_says_no(env, coloured):
    assert ("\x1b[" in on_a_terminal("100", env)) is coloured


def test_a_reader_that_has_seen_enough_ends_it_quietly():
    command = f"{sys.executable} -m airflow_tune profiles show development | head -1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("development")
    assert done.stderr == ""
