"""What tries would have taken alone: their history without the time that they waited for each other's CPU.

The same law as in `sharing.py`, read backwards: from how many of each class ran at a time follows how fast
each of them went on.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from airflow_tune.history.column import MICROSECONDS, Codes, Floats, Ints, micros, missing
from airflow_tune.history.model import History
from airflow_tune.simulate.sharing import MOST_STEPS


def slowdowns(count: Floats, demands: Floats, cores: float) -> Floats:
    """Return how many times as long computing takes; a row of `count` for each moment, as `slowdown` does."""
    s = np.ones(len(count))
    short = np.flatnonzero(count @ demands > cores)
    wanted, share = count[short] * demands, np.minimum(demands, 1.0)
    for _ in range(MOST_STEPS):
        pace = (1.0 - share) + np.outer(s[short], share)
        over = (wanted / pace).sum(axis=1) - cores
        s[short] += over / np.maximum((wanted * share / pace**2).sum(axis=1), 1e-300)
    return s


def relieved(start: Floats, end: Floats, row: Codes, demands: Floats, cores: float) -> Floats:
    """Return how long each of what ran from `start` to `end` on one host would have worked alone, in seconds.

    `row` is the class of each, of the cores in `demands`.
    """
    times = np.unique(np.concatenate([start, end]))
    begin, over = np.searchsorted(times, start), np.searchsorted(times, end)
    count = np.empty((len(times), len(demands)))
    for one in range(len(demands)):
        own = row == one
        steps = np.bincount(begin[own], minlength=len(times)) - np.bincount(over[own], minlength=len(times))
        count[:, one] = np.cumsum(steps)
    share = np.minimum(demands, 1.0)
    s = slowdowns(count, demands, cores)
    passed = np.append(np.diff(times), 0.0)
    found = np.zeros(len(start))
    for one in range(len(demands)):
        clock = np.append(0.0, np.cumsum(passed / ((1.0 - share[one]) + share[one] * s)))
        own = row == one
        found[own] = clock[over[own]] - clock[begin[own]]
    return found


def alone(history: History, row_of_task: Codes, demands: Floats, cores: float) -> History:
    """Return `history` whose tries end as if each had had its host of `cores` for itself.

    Tries that were deferred or rescheduled stay as they are: when they held their slots is not kept.
    """
    tries = history.tries
    known = ~missing(tries.start) & ~missing(tries.end) & missing(tries.rescheduled)
    known &= ~missing(tries.queued) & (tries.end > tries.start) & (tries.queued <= tries.start)
    end = tries.end.copy()
    for host in np.unique(tries.host[known]).tolist():
        own: Ints = np.flatnonzero(known & (tries.host == host))
        begun = micros(tries.start)[own] / MICROSECONDS
        over = micros(tries.end)[own] / MICROSECONDS
        work = relieved(begun, over, row_of_task[tries.task[own]], demands, cores)
        end[own] = tries.start[own] + np.rint(work * MICROSECONDS).astype("timedelta64[us]")
    return replace(history, tries=replace(tries, end=end))
