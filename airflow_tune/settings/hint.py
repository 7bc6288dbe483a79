"""What a configuration file's own names say about the Airflow that it was written for."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from airflow_tune.settings.catalog import Name, load
from airflow_tune.settings.cfg_file import CfgFile
from airflow_tune.versions import KNOWN_MINORS


class Hint(NamedTuple):
    """The minor version whose options the file has, and the name that decided it."""

    minor: str
    decided_by: Name
    line: int


def hint_of(cfg: CfgFile) -> Hint | None:
    """Return the newest version that fits best, or None where the names would fit any generation.

    A name decides that only one generation (2 or 3) has. Names of Airflow 3 go before those of 2,
    which stay behind in files that were brought along. Within the generation the version is taken
    that knows most of the file's names, the newest among equals.
    """
    names = set(cfg.entries)
    for generation in ("3", "2"):
        deciding = [name for name in cfg.entries if name in _only_in(generation)]
        if deciding:
            minor = max(_minors(generation), key=lambda minor: len(names & _current(minor)))
            return Hint(minor, deciding[0], cfg.entries[deciding[0]].first_line)
    return None


def _minors(generation: str) -> list[str]:
    """Return the known versions of a generation, the newest first."""
    return [minor for minor in reversed(KNOWN_MINORS) if minor.startswith(f"{generation}.")]


@cache
def _only_in(generation: str) -> set[Name]:
    inside = {name for minor in _minors(generation) for name in _current(minor)}
    others = (minor for minor in KNOWN_MINORS if not minor.startswith(f"{generation}."))
    return inside - {name for minor in others for name in _current(minor)}


@cache
def _current(minor: str) -> set[Name]:
    catalog = load(minor)
    return {name for name in catalog.options if catalog.is_read(name)}
