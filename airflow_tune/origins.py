"""Where a value was read: every number the tool shows can say where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class OriginKind(str, Enum):
    """The kinds of places that a value can come from."""

    FILE = "file"
    ENVIRONMENT = "environment"
    DEFAULT = "default"
    FLAG = "flag"
    DATABASE = "database"
    API = "api"
    HOST = "host"
    DEPLOYMENT = "deployment"
    PROFILE = "profile"
    INSTALLED = "installed"
    COMMAND = "command"
    MEASURED = "measured"
    ASSUMED = "assumed"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Origin:
    """One place: a file and line, an environment variable, a default of a version, a flag.

    `where` is the path, variable, flag or short description; `line` counts from 1 and is
    set for files only.
    """

    kind: OriginKind
    where: str
    line: int | None = None

    def __str__(self) -> str:
        return self.where if self.line is None else f"{self.where}:{self.line}"


def computed(formula: str) -> Origin:
    """Return the origin of a value that was worked out by `formula`."""
    return Origin(OriginKind.COMPUTED, formula)


def assumed(why: str) -> Origin:
    """Return the origin of a value that nobody gave: `why` says what stands in for it."""
    return Origin(OriginKind.ASSUMED, why)
