"""Why a try failed: the classes that retry policies are chosen by, and the traces that tell them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.history.column import Codes, Ints

CAUSES = ("unknown", "network", "database", "validation", "resource", "timeout", "zombie", "code")
"""`resource` is want of memory, disk or handles; `zombie` what its worker, pod or executor lost or killed."""
UNKNOWN, NETWORK, DATABASE, VALIDATION, RESOURCE, TIMEOUT, ZOMBIE, CODE = range(len(CAUSES))

LOG_TABLE, TASK_LOG = 0, 1
SOURCES = ("log table", "task log")


@dataclass(frozen=True, slots=True)
class Traces:
    """What was seen of why tries failed, one row for a try at most; `row` is its row in the tries, rising.

    `cause` is a code of CAUSES, `sign` the row of `signs`, which say in our own words what was seen: no
    text of a log is kept. `source` is a code of SOURCES.
    """

    row: Ints
    cause: Codes
    sign: Codes
    source: Codes
    signs: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.row)

    @staticmethod
    def of(found: dict[int, tuple[int, str, int]]) -> Traces:
        """Return the traces of `found`: row of a try → cause, sign, source."""
        signs = tuple(sorted({sign for _, sign, _ in found.values()}))
        code = {sign: at for at, sign in enumerate(signs)}
        rows = sorted(found)
        cause = np.array([found[row][0] for row in rows], np.int32)
        sign = np.array([code[found[row][1]] for row in rows], np.int32)
        source = np.array([found[row][2] for row in rows], np.int32)
        return Traces(np.array(rows, np.int64), cause, sign, source, signs)


NO_TRACES = Traces.of({})
