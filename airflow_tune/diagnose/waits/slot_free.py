"""When an executor's slot was really free again after a task instance's end, as far as the others tell.

In 3.x a slot stays busy after end_date for 25 ms or for 5 s (see `machinery.SLOT_TAIL_S`), and no column
says which. What else started, or did not, tells: when all slots are taken by others that run, the slot is
free; while something waits in the executor's queue and nobody starts it, whatever slots do not run hold
their tail still.
"""

from __future__ import annotations

import itertools

import numpy as np

from airflow_tune.diagnose.waits.holding import Holding
from airflow_tune.history.column import Ints

REACTION_US = 100_000
"""A free slot takes up what is queued within 10-50 ms (measured on 3.3.2); twice that is no reaction."""


def slot_free(held: Holding, end: int, slots: int, tail_us: int) -> tuple[int, int]:
    """Return between which two moments (µs) the slot of what ended at `end` got free.

    `slots` are the executor's (0 for unknown), `tail_us` is how long one stays busy at most.
    """
    earliest, latest = end, end + tail_us
    near = (held.begin < latest) & (held.end > end - tail_us)
    if not slots or not tail_us or not np.any(near):
        return earliest, latest
    begin, started, ended = held.begin[near], held.started[near], held.end[near]
    # When a worker took up again what had been deferred is kept nowhere: that proves nothing.
    sure = held.deferred[near] == begin
    for moment in sorted({int(one) for one in started if end < one < latest}):
        if _count(started[sure], ended[sure], moment) >= slots:
            latest = moment
            break
    return _busy_until((begin, started, ended), (end, latest), slots, tail_us), latest


def _count(begin: Ints, end: Ints, moment: int) -> int:
    return int(((begin <= moment) & (end > moment)).sum())


def _busy_until(spans: tuple[Ints, Ints, Ints], window: tuple[int, int], slots: int, tail_us: int) -> int:
    """Return until when every slot without a running task instance must have held its tail."""
    (begin, started, ended), (low, high) = spans, window
    marks = np.concatenate([begin, started, ended, ended + tail_us])
    edges = sorted({low, high, *(int(one) for one in marks if low < one < high)})
    found = low
    for left, right in itertools.pairwise(edges):
        running = _count(started, ended, left)
        tails = _count(ended, ended + tail_us, left)
        waits = _count(begin, started, left)
        if right - left > REACTION_US and waits and running < slots and running + tails == slots:
            found = right
    return found
