"""A finding of lint: a finding that may know how to mend itself, and that is known again when lines move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from airflow_tune.findings import Finding
from airflow_tune.lint.edit import Fix


class Span(NamedTuple):
    """Where on its line a finding begins, and where it ends: from 1, in code points, the end exclusive."""

    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Violation(Finding):
    """A finding with the edit that mends it; `origin` is always a file and a line.

    `fingerprint` is the same within its file for as long as the finding is, wherever its line moves.
    `span` is None where a finding is about a line of a file that was not at hand, or about a whole file.
    `columns` are begin and end of each edit of the fix in code points, as reports for others count. `about`
    names the tasks whose code it is in, by DAG and key.
    """

    fix: Fix | None = None
    fingerprint: str = ""
    columns: tuple[tuple[int, int], ...] = ()
    span: Span | None = None
    about: tuple[tuple[str, str], ...] = ()
