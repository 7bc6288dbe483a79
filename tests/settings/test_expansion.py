import os
import pwd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.errors import SettingsError
from airflow_tune.settings.expansion import expand

ENV = {
    "HOME": "/home/of",
    "ROOT": "/r",
    "NEST": "$ROOT/n",
    "EMPTY": "",
    "LOOP": "$POOL",
    "POOL": "$LOOP",
    "GROW": "x$GROW",
}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("", ""),
        ("plain ~ $", "plain ~ $"),
        ("~", "/home/of"),
        ("~/dags", "/home/of/dags"),
        ("a~", "a~"),
        ("$ROOT/${NEST}", "/r//r/n"),
        ("$ROOTS and ${NOPE} ${", "$ROOTS and ${NOPE} ${"),
        ("$EMPTY!", "!"),
        ("~no-such-user/x", "~no-such-user/x"),
    ],
)
def test_expands(text, expanded):
    assert expand(text, ENV) == expanded


def test_the_home_folder_of_a_user():
    root = pwd.getpwuid(0)
    assert expand(f"~{root.pw_name}/x", ENV) == f"{root.pw_dir}/x"


def test_without_home_the_user_database_knows():
    assert expand("~/x", {}) == f"{pwd.getpwuid(os.getuid()).pw_dir}/x"
    assert expand("~", {"HOME": "/"}) == "/"


@pytest.mark.parametrize("text", ["$LOOP", "$GROW"])
def test_what_would_never_end(text):
    with pytest.raises(SettingsError, match="without end"):
        expand(text, ENV)


def test_what_would_fill_the_memory():
    with pytest.raises(SettingsError, match="without end"):
        expand("$A", {"A": "$A$A"})


@given(st.text(alphabet="ab~$/{}_1é", max_size=12))
def test_it_expands_as_the_standard_library_does(text):
    env = {"a": "b", "HOME": "/h", "_": "~"}
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(env)
        expected = text
        for _ in range(20):
            expected = os.path.expanduser(os.path.expandvars(expected))  # noqa: PTH111 -- the oracle
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert expand(text, env) == expected
