"""Which codes a user asked for: the longest beginning that fits a code decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import PurePath

from airflow_tune.findings import Severity
from airflow_tune.lint.violation import Violation


@dataclass(frozen=True, slots=True)
class Selection:
    """The beginnings of codes that count (none: all) and that do not; of two equally long, ignoring wins.

    `extend` holds further ones that count.
    `per_file` holds globs of paths below `folder`, or of file names, with what is ignored there as well.
    `severity` is what codes that begin so count as.
    """

    select: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folder: str = ""
    severity: Mapping[str, Severity] = field(default_factory=dict)

    def keep(self, findings: Iterable[Violation]) -> list[Violation]:
        """Return the findings that were asked for, each as severe as was asked for.

        Rules that are not wanted run nonetheless: otherwise the comments that silence them would seem
        to silence nothing.
        """
        return [self.weighed(one) for one in findings if self.wants(one.code, where(one))]

    def wants(self, code: str, file: str = "") -> bool:
        """Return whether a code was asked for, in a file if one is given."""
        prefixes = (*self.select, *self.extend) if self.select else ("", *self.extend)
        chosen = longest(code, prefixes)
        return chosen is not None and self.ignored(code, file) < max(chosen, 1)

    def ignored(self, code: str, file: str) -> int:
        """Return the length of the longest beginning by which a code is ignored, 0 for none."""
        there = longest(code, self.ignore) or 0
        for pattern, codes in self.per_file if file else ():
            if fits(file, pattern, self.folder) and longest(code, codes):
                return len(code) + 1  # said for this very file
        return there

    def weighed(self, one: Violation) -> Violation:
        """Return a finding with the severity that was set for its code."""
        length = longest(one.code, self.severity)
        return replace(one, severity=self.severity[one.code[:length]]) if length else one


def longest(code: str, prefixes: Iterable[str]) -> int | None:
    """Return the length of the longest prefix that a code begins with, None for none."""
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=None)


def fits(file: str, pattern: str, folder: str) -> bool:
    """Return whether a glob means a file: by its path below `folder`, or by its name."""
    path = PurePath(file)
    below = path.relative_to(folder).as_posix() if folder and path.is_relative_to(folder) else file
    return fnmatchcase(below, pattern) or fnmatchcase(path.name, pattern)


def where(one: Violation) -> str:
    """Return the file of a finding."""
    return one.origin.where if one.origin else ""


def overridden(
    given: Selection, select: tuple[str, ...], extend: tuple[str, ...], ignore: tuple[str, ...]
) -> Selection:
    """Return a configuration's selection with that of flags over it.

    What flags select is not ignored for the configuration's sake; `extend` adds to what is selected.
    """
    kept = tuple(code for code in given.ignore if not code.startswith((*select, *extend)))
    return replace(
        given, select=select or given.select, extend=(*given.extend, *extend), ignore=ignore or kept
    )
