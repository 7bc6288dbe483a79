"""What became of option names over the known versions."""

from __future__ import annotations

import functools
import json
from enum import Enum
from typing import Any, NamedTuple

from airflow_tune.settings.catalog import DATA, Name


class Fate(str, Enum):
    """What a version does with a name that is none of its present options."""

    HONOURED = "honoured"
    RENAMED = "renamed"
    REMOVED = "removed"
    WRONG_CASE = "wrong_case"
    NOT_SENSITIVE = "not_sensitive"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"


_FATES = {"h": Fate.HONOURED, "i": Fate.RENAMED, "r": Fate.REMOVED}


class Rename(NamedTuple):
    """A name's history: successor, the version that renamed or dropped it, fate by minor version.

    `since` is empty where Airflow nowhere says it.
    """

    new: Name | None
    since: str
    fates: dict[str, Fate]


def rename_of(name: Name) -> Rename | None:
    """Return what became of `name`, or None where nothing ever did."""
    entry = _book()["names"].get(".".join(name))
    if entry is None:
        return None
    minors = _book()["minors"]
    fates = {m: _FATES[letter] for m, letter in zip(minors, entry["fate"], strict=True) if letter in _FATES}
    section, _, option = entry.get("new", "").rpartition(".")
    return Rename((section, option) if option else None, entry.get("since", ""), fates)


@functools.cache
def _book() -> dict[str, Any]:
    book: dict[str, Any] = json.loads((DATA / "renames.json").read_text(encoding="utf-8"))
    return book
