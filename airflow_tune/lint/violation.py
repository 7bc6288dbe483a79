"""A finding of lint: a finding that may know how to mend itself, and that is known again when lines move."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.findings import Finding
from airflow_tune.lint.edit import Fix


@dataclass(frozen=True, slots=True)
class Violation(Finding):
    """A finding with the edit that mends it; `origin` is always a file and a line.

    `fingerprint` is the same within its file for as long as the finding is, wherever its line moves.
    `columns` are begin and end of each edit of the fix in code points, as reports for others count.
    """

    fix: Fix | None = None
    fingerprint: str = ""
    columns: tuple[tuple[int, int], ...] = ()
