"""From modelled work to rows of a history: each try as if it had begun with its DAG run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone

import numpy as np

from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, NAT, Codes, Floats, Ints, Times, ragged
from airflow_tune.history.draft import Draft, RescheduleRow
from airflow_tune.history.raw import Kind, RawTries, RunRow
from airflow_tune.simulate.modelled.arrival import Arrivals, How, Window
from airflow_tune.simulate.modelled.duration import durations
from airflow_tune.simulate.modelled.task import pool, text, whole
from airflow_tune.simulate.modelled.work import Work
from airflow_tune.simulate.workload import POKE_S

_SECOND = timedelta(seconds=1)


def _span(seconds: Floats) -> Ints:
    found: Ints = (seconds * MICROSECONDS).astype("timedelta64[us]")
    return found


def add_runs(runs: list[RunRow], dag_id: str, arrivals: Arrivals, window: Window) -> Times:
    """Add the DAG runs of a DAG to `runs`, numbered from what it holds on; return when they are due."""
    kind = "scheduled" if arrivals.how is How.CLOCK else "manual"
    begin = np.datetime64(window.begin.astimezone(timezone.utc).replace(tzinfo=None), "us")
    due: Times = begin + _span(np.array(arrivals.seconds, float))
    for moment in due.tolist():
        number, name = len(runs), f"{kind}__{moment.isoformat()}+00:00"
        ended = moment + _SECOND
        runs.append(RunRow(number, dag_id, name, "success", kind, moment, moment, moment, ended, None))
    return due


def tries_of(draft: Draft, one: Work, due: Times, first: int) -> RawTries:
    """Return the tries of one task in the DAG runs numbered from `first` on, which are `due` then.

    They were never queued, so that nothing is fitted to them; one that is deferred comes back when its
    waiting is over, a rescheduled sensor pokes last then.
    """
    run, rank = ragged(np.full(len(due), one.each_run))
    begun = due[run]
    over = begun if one.instant else begun + _span(durations(one.found, one.full_name, len(run)))
    short = np.timedelta64(round(POKE_S * MICROSECONDS), "us")
    never: Times = np.full(len(run), NAT)
    queued, start, end = never, begun, over
    if one.deferred:
        queued, end = over, over + short
    elif one.rescheduled:
        start, end = over, over + short
        draft.reschedules.extend(_pokes(one, first + run, rank, over))
    return _raw(draft, one, first + run, rank, (queued, start, end))


def _raw(draft: Draft, one: Work, run: Ints, rank: Ints, times: tuple[Times, Times, Times]) -> RawTries:
    ones: Codes = np.ones(len(run), np.int32)
    kind, host = draft.kinds.codes([_kind(one)])[0], draft.hosts.codes([None])[0]
    queued, start, end = times
    return RawTries(
        run=run.astype(np.int32),
        kind=ones * kind,
        host=ones * host,
        map_index=(rank if one.task.mapped else rank - 1).astype(np.int32),
        try_number=ones,
        pool_slots=ones * max(whole(one.task, "pool_slots", default=1), 0),
        priority_weight=ones * one.weight,
        state=ones * state.SUCCESS,
        scheduled=queued,
        queued=queued,
        start=start,
        end=end,
    )


def _pokes(one: Work, run: Ints, rank: Ints, due: Times) -> Iterator[RescheduleRow]:
    for number, nth, moment in zip(run.tolist(), rank.tolist(), due.tolist(), strict=True):
        yield RescheduleRow(number, one.dag_id, one.name, nth if one.task.mapped else -1, moment)


def _kind(one: Work) -> Kind:
    executor = one.task.argument("executor")
    return Kind(
        one.dag_id,
        one.name,
        pool(one.task),
        text(one.task, "queue", "default"),
        one.task.operator,
        executor if isinstance(executor, str) else None,
    )
