"""A baseline: findings that are known and shall not be told again, wherever their lines move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from airflow_tune.lint.violation import Violation


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """One known finding: its file, as the baseline names it, its code, and its fingerprint."""

    file: str
    code: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Findings that the baseline does not hold, how many it holds, and what it holds that is gone."""

    new: tuple[Violation, ...]
    known: int
    gone: tuple[Known, ...]


def compare(
    found: Sequence[tuple[Violation, Known]], baseline: Iterable[Known], linted: Collection[str]
) -> Compared:
    """Compare findings, each with how a baseline would name it, with a baseline.

    Entries of files that were not `linted` now are no news.
    """
    left = Counter(baseline)
    new = []
    for violation, known in found:
        if left[known] > 0:
            left[known] -= 1
        else:
            new.append(violation)
    gone = tuple(one for one in sorted(left.elements()) if one.file in linted)
    return Compared(tuple(new), len(found) - len(new), gone)


def updated(found: Iterable[Known], baseline: Iterable[Known], linted: Collection[str]) -> list[Known]:
    """Return the baseline that holds what was found now, and of files that were not linted what it held."""
    return sorted([*found, *(one for one in baseline if one.file not in linted)])
