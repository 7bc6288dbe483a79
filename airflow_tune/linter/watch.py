"""What a whole run looked at: files and folders with their stamps, and paths that were not there.

A folder's stamp changes when a name in it comes or goes, so that one look at each folder tells that there
is no new file below it.
"""

# ruff: noqa: PTH110, PTH112, PTH120 - text paths: tens of thousands in every run

from __future__ import annotations

import os.path
from collections.abc import Iterable
from dataclasses import dataclass, field

from airflow_tune.linter.stamp import SETTLED_NS, Stamp, stamp_of, unchanged


class Unsettled(Exception):  # noqa: N818 - no error: what was looked at may change within one tick
    """Something changed too short a time ago to be known again by its stamp, or is not what was read."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What was there, by path, and what was not."""

    stamps: dict[str, Stamp]
    absent: tuple[str, ...]

    def holds(self) -> bool:
        """Return whether all is as it was."""
        return unchanged(self.stamps, self.absent)


@dataclass(slots=True)
class Watcher:
    """Gathers what a run that began at `began_ns` looked at; afterwards, so that changes meanwhile show."""

    began_ns: int
    stamps: dict[str, Stamp] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

    def folder(self, path: str) -> None:
        """Add a folder of which each name was looked at."""
        self.there(path)
        self.folders.add(path)

    def there(self, path: str) -> None:
        """Add what was found; raises Unsettled where it changed lately, or is gone."""
        if path in self.stamps:
            return
        try:
            stamp = stamp_of(path)
        except OSError:
            raise Unsettled from None
        if max(stamp[2:]) >= self.began_ns - SETTLED_NS:
            raise Unsettled
        self.stamps[path] = stamp

    def gone(self, path: str) -> None:
        """Add what was not found; raises Unsettled where it is there now."""
        if os.path.exists(path):
            raise Unsettled
        above = os.path.dirname(path)
        while above != path and not os.path.isdir(above):
            path, above = above, os.path.dirname(above)
        if os.path.exists(path):
            self.there(path)  # A file stands where a folder was asked for.
        # A folder that is watched cannot get the name without changing itself.
        elif above not in self.folders or os.path.lexists(path):
            self.absent.add(path)

    def either(self, path: str) -> None:
        """Add what was asked for, found or not."""
        if os.path.exists(path):
            self.there(path)
        else:
            self.gone(path)

    def first(self, paths: Iterable[str], found: str | None) -> None:
        """Add paths that were tried until `found`; raises Unsettled where another would be found now."""
        for path in paths:
            if path == found:
                self.there(path)
                return
            self.gone_or_folder(path)
        if found is not None:
            raise Unsettled

    def gone_or_folder(self, path: str) -> None:
        """Add a path that no file was found at; a folder may stand there."""
        if os.path.isdir(path):
            self.there(path)
        else:
            self.gone(path)

    def watch(self) -> Watch:
        """Return what is to be looked at again."""
        return Watch(self.stamps, tuple(sorted(self.absent)))
