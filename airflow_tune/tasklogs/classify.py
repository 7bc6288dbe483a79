"""From the text of a task's log to why it failed: exceptions first, the last one foremost."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_tune.tasklogs.lines import LogLines
from airflow_tune.tasklogs.pattern import PATTERNS, Pattern

ERRORS, MESSAGES = 20, 400
"""How many exceptions and lines before the end are looked at: what came before is not why the task ended."""
_LONGEST = 2_000


def _first(lines: Iterable[str], patterns: Iterable[Pattern]) -> Pattern | None:
    usable = tuple(patterns)
    for line in lines:
        for pattern in usable:
            if pattern.regex.search(line[:_LONGEST]):
                return pattern
    return None


def classify(text: str) -> Pattern | None:
    """Return the pattern that the log's end `text` matches; None where it says nothing that is known.

    An exception in general terms ("AirflowException: the job failed") matches none: then what caused it
    is looked for, and then what was written before it.
    """
    said = LogLines(text)
    found = _first(reversed(said.errors[-ERRORS:]), PATTERNS)
    return found or _first(reversed(said.messages[-MESSAGES:]), (one for one in PATTERNS if one.loose))
