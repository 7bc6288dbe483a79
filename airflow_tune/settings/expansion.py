"""`$VAR`, `${VAR}` and `~` in values, filled in as Airflow does (`configuration.py:expand_env_var`)."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Mapping

from airflow_tune.errors import SettingsError

_VARIABLE = re.compile(r"\$(\w+|\{[^}]*\})", re.ASCII)
# Airflow repeats until nothing changes, for ever if need be. No sane value nests or grows this far.
_MOST_ROUNDS = 100
_LONGEST = 1_000_000


def expand(text: str, env: Mapping[str, str]) -> str:
    """Return `text` with variables and home folders filled in from `env`, repeatedly.

    Unknown variables stay as they are. Raises SettingsError where it would never end, in which
    Airflow hangs.
    """
    for _ in range(_MOST_ROUNDS):
        expanded = _expand_user(_expand_variables(text, env), env)
        if expanded == text:
            return expanded
        if len(expanded) > _LONGEST:
            break
        text = expanded
    raise SettingsError("its variables refer to each other without end, and Airflow would hang")


def _expand_variables(text: str, env: Mapping[str, str]) -> str:
    """Do what `os.path.expandvars` does, with the environment given."""
    if "$" not in text:
        return text
    return _VARIABLE.sub(lambda found: env.get(_bare(found[1]), found[0]), text)


def _bare(name: str) -> str:
    return name[1:-1] if name.startswith("{") else name


def _expand_user(text: str, env: Mapping[str, str]) -> str:
    """Do what `os.path.expanduser` does, with the environment given."""
    if not text.startswith("~"):
        return text
    user, slash, rest = text[1:].partition("/")
    home = _home_of(user, env)
    if home is None:
        return text
    return (home.rstrip("/") + slash + rest) or "/"


def _home_of(user: str, env: Mapping[str, str]) -> str | None:
    if not user and "HOME" in env:
        return env["HOME"]
    try:
        return (pwd.getpwnam(user) if user else pwd.getpwuid(os.getuid())).pw_dir
    except KeyError:
        return None
