"""What one task reads and writes, and how two tasks stand to each other by that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from airflow_tune.lint.statement import HOLE, same_table

PATHS = frozenset({"path", "object"})


class Resource(NamedTuple):
    """One thing outside a task: its kind (table, path, object, service, variable, ...) and its name.

    A name that holds HOLE is known in part only.
    """

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name.replace(HOLE, '…')}"


@dataclass(slots=True)
class Effects:
    """What a task, or a part of it, reads and writes; `unknown` says what else it may do, "" for nothing.

    `folder` is the working directory that it shares with others, `notifies` whether it tells people;
    `works`: others use its result.
    """

    reads: set[Resource] = field(default_factory=set)
    writes: set[Resource] = field(default_factory=set)
    unknown: str = ""
    folder: str = ""
    notifies: bool = False
    works: bool = False

    def read(self, kind: str, name: str) -> None:
        """Note that something is read."""
        self.reads.add(Resource(kind, name))

    def write(self, kind: str, name: str) -> None:
        """Note that something is written."""
        self.writes.add(Resource(kind, name))

    def doubt(self, reason: str) -> None:
        """Note the first thing that is not known."""
        self.unknown = self.unknown or reason

    def add(self, other: Effects) -> None:
        """Take in what a part does."""
        self.reads |= other.reads
        self.writes |= other.writes
        self.doubt(other.unknown)
        self.folder = self.folder or other.folder
        self.notifies = self.notifies or other.notifies
        self.works = self.works or other.works

    @property
    def none(self) -> bool:
        """Return whether nothing outside is touched, as far as known."""
        return not self.reads and not self.writes


def conflict(first: Effects, second: Effects) -> tuple[str, bool]:
    """Return why `second` has to come after `first`, and whether that is sure; "" where nothing says so."""
    pairs = (
        (first.writes, second.reads, "written, then read"),
        (first.writes, second.writes, "written by both"),
        (first.reads, second.writes, "read, then written"),
    )
    maybe = ""
    for ours, theirs, how in pairs:
        for one, other, sure in meeting(ours, theirs):
            if sure:
                return f"{one}: {how}", True
            maybe = maybe or f"{one} may be {other}: {how}"
    return maybe, False


def meeting(ours: Iterable[Resource], theirs: Iterable[Resource]) -> list[tuple[Resource, Resource, bool]]:
    """Return the pairs that are the same thing, and whether that is sure."""
    return [
        (one, other, verdict)
        for one in sorted(ours)
        for other in sorted(theirs)
        if one.kind == other.kind and (verdict := same(one, other)) is not None
    ]


def same(one: Resource, other: Resource) -> bool | None:
    """Return True for the same thing, False for what may be the same, None for different things."""
    if one.name == other.name:
        # A name that is a hole and nothing else says nothing: two of them may differ.
        return one.name != HOLE
    if one.kind == "service":
        known = HOLE not in host(one.name) and HOLE not in host(other.name)
        return None if known and host(one.name) != host(other.name) else False
    if HOLE in one.name or HOLE in other.name:
        left, right = one.name.partition(HOLE)[0], other.name.partition(HOLE)[0]
        short = min(len(left), len(right))
        return False if left[:short] == right[:short] else None
    if one.kind in PATHS:
        short_name, long_name = sorted((one.name.rstrip("/"), other.name.rstrip("/")), key=len)
        return beneath(short_name, long_name)
    if one.kind == "table":
        short_name, long_name = sorted((one.name, other.name), key=len)
        # A schema holds its tables.
        maybe = same_table(one.name, other.name) or long_name.startswith(f"{short_name}.")
        return False if maybe else None
    return None


def beneath(short: str, long: str) -> bool | None:
    """Return whether a path lies below another; one from the working directory may be any that ends so."""
    if long.startswith(f"{short}/"):
        return True
    bare = short.removeprefix("./")
    return False if not bare.startswith("/") and long.endswith(f"/{bare}") else None


def host(name: str) -> str:
    """Return the server of a service's address."""
    return name.partition("/")[0]
