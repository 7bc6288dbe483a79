"""What a simulation gives: times in columns, and the same as a History that every judge can read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, NAT, Bools, Floats, Ints, Times, missing
from airflow_tune.history.model import History, TaskInstances
from airflow_tune.simulate.plan import DEFER, DEFER_UNTIL, RESCHEDULE, RESCHEDULE_UNTIL, Plan
from airflow_tune.simulate.workload import Workload


@dataclass(frozen=True, slots=True)
class Played:
    """Seconds from the plan's origin, NaN where it never came to that.

    `ready`, `scheduled`, `queued`, `start` and `end` have a row per stint, `instant` one per task
    instance (for those without stints), `created`, `started` and `ended` one per DAG run. `peak_bytes` and
    `short_s` have a row per host where work shares its cores: the most memory that work took at once, and
    for how many seconds it wanted more cores than there are.
    """

    ready: Floats
    scheduled: Floats
    queued: Floats
    start: Floats
    end: Floats
    instant: Floats
    created: Floats
    started: Floats
    ended: Floats
    peak_bytes: Floats
    short_s: Floats

    def same(self, other: Played) -> bool:
        """Return whether `other` holds the same bytes."""
        return all(
            getattr(self, name).tobytes() == getattr(other, name).tobytes() for name in Played.__slots__
        )


def _moments(plan: Plan, seconds: Floats) -> Times:
    known = ~np.isnan(seconds)
    found: Times = np.full(len(seconds), NAT)
    micros = np.rint(seconds[known] * MICROSECONDS).astype(np.int64)
    found[known] = (plan.origin.astype(np.int64) + micros).view("datetime64[us]")
    return found


def _first_of_two(plan: Plan) -> Bools:
    """Return which stints go on in a second one of the same try."""
    found: Bools = np.isin(plan.stints.then, (RESCHEDULE, RESCHEDULE_UNTIL, DEFER, DEFER_UNTIL))
    return found


def _by_try(size: int, work: Workload, seconds: Floats, rows: Ints) -> Times:
    """Return a column of times of tries from the stints `rows`; of several of one try the last one counts."""
    column: Times = np.full(size, NAT)
    column[work.stint_try[rows]] = _moments(work.plan, seconds[rows])
    return column


def replayed(history: History, work: Workload, played: Played) -> History:
    """Return `history` with the times that were played, as the metadata DB would hold them.

    Everything that was unfinished is taken to have succeeded where it ended.
    """
    plan, runs = work.plan, history.runs

    def of_runs(seconds: Floats) -> Times:
        column: Times = np.full(len(runs), NAT)
        column[work.run_rows] = _moments(plan, seconds)
        return column

    newest = np.fmax.reduce(np.append(played.end, played.ended)) if len(plan) else 0.0
    taken = _moments(plan, np.array([np.nan_to_num(newest)]))[0]
    return replace(
        history,
        runs=replace(
            runs,
            queued=of_runs(played.created),
            start=of_runs(played.started),
            end=of_runs(played.ended),
        ),
        tries=_tries(history, work, played),
        taken_at=taken,
    )


def _tries(history: History, work: Workload, played: Played) -> TaskInstances:
    tries, plan = history.tries, work.plan
    size, rows = len(tries), np.arange(len(plan.stints))
    start = _by_try(size, work, played.start, rows)
    deferring = np.isin(plan.stints.then, (DEFER, DEFER_UNTIL))
    # A deferred task instance keeps its first start.
    kept = np.flatnonzero(deferring)
    start[work.stint_try[kept]] = _moments(plan, played.start[kept])
    end = _by_try(size, work, np.where(_first_of_two(plan), np.nan, played.end), rows)
    late: Times = np.full(size, NAT)
    paused = np.flatnonzero(_first_of_two(plan) & ~deferring)
    late[work.stint_try[paused]] = _moments(plan, played.ready[paused + 1])
    instant = np.flatnonzero(np.diff(plan.first_stint) == 0)
    at = _moments(plan, played.instant[instant])
    start[work.instance_try[instant]] = at
    end[work.instance_try[instant]] = at
    open_before = ~np.isin(tries.state, (state.SUCCESS, state.FAILED, state.SKIPPED, state.UPSTREAM_FAILED))
    return replace(
        tries,
        state=np.where(open_before & ~missing(end), state.SUCCESS, tries.state),
        scheduled=_by_try(size, work, played.scheduled, rows) if history.has_scheduled else tries.scheduled,
        queued=_by_try(size, work, played.queued, rows),
        start=start,
        end=end,
        rescheduled=late,
    )
