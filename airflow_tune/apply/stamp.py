"""The one comment line above each option that airflow-tune wrote.

`# airflow-tune: was 32: reason`. `was` is the value that the option had before airflow-tune first
wrote it, and stays over later runs: the steps in between stand in the backups, and a number that
the tool itself chose says nothing about what a person once wanted. Only when the option returns to
that value does `was` name the value directly before instead.
"""

from __future__ import annotations

import re

UNSET = "unset"
EMPTY = '""'
_STAMP = re.compile(r"# airflow-tune: was (?P<was>.*?):(?: |$)")
_LONGEST = 80


def stamp(was: str | None, reason: str) -> str:
    """Return the comment line, without its line end."""
    return f"# airflow-tune: was {_short(was)}: {_one_line(reason)}"


def is_stamp(line: str) -> bool:
    """Return whether `line` is a comment that an earlier run wrote."""
    return _STAMP.match(line.strip()) is not None


def original(line: str, present: str, following: str) -> str:
    """Return what `was` shall say when the option under the stamp `line` goes from one value to the next."""
    found = _STAMP.match(line.strip())
    return present if found is None or found["was"] == _short(following) else found["was"]


def _short(value: str | None) -> str:
    # ": " ends the value in the comment, so none may be left inside it.
    text = UNSET if value is None else re.sub(r":\s", ":", _one_line(value)) or EMPTY
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _one_line(text: str) -> str:
    return " ".join(text.split())
