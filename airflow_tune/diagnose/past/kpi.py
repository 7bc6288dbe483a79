"""The figures of an installation and of its parts: times as p50, p95 and p99, rates, and their trend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.quantile import by_group, quantiles, sums
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, Codes, Floats, Ints, grouped, micros, missing
from airflow_tune.history.model import History, TaskInstances

SHARES = (0.5, 0.95, 0.99)
SAMPLED = 1_000_000
"""Of more tries than twice this, quantiles and trends rest on an even sample; counts and rates never do."""
_HOUR_US = 3600 * MICROSECONDS
_MANY_HOURS = 24 * 366 * 10
"""Hours so far apart lie so only by a broken clock; up to here each gets a place of its own."""


@dataclass(frozen=True, slots=True)
class Spread:
    """p50, p95 and p99 in seconds (nearest rank), NaN where nothing was measured."""

    p50_s: float
    p95_s: float
    p99_s: float


@dataclass(frozen=True, slots=True)
class Kpi:
    """One part's figures over its finished tries.

    `execution` is start to end, `queue` queued to start, `total` scheduled (queued in 2.x) to end;
    `executed_s` sums the first of them. `success_share` and `error_share` are of the tries that succeeded
    or failed. A trend is how much longer the second half of the window's tries took than the first half's,
    at the median (0.1 = a tenth longer): `trend_share` to execute, `queue_trend_share` to start.
    """

    name: str
    task_instances: int
    per_hour: float
    executed_s: float
    success_share: float
    error_share: float
    execution: Spread
    queue: Spread
    total: Spread
    trend_share: float
    queue_trend_share: float


@dataclass(frozen=True, slots=True)
class Kpis:
    """The figures by part; each tuple holds the parts with the most tries first."""

    installation: tuple[Kpi, ...]
    dags: tuple[Kpi, ...]
    tasks: tuple[Kpi, ...]
    operators: tuple[Kpi, ...]
    pools: tuple[Kpi, ...]
    queues: tuple[Kpi, ...]
    hours: tuple[Kpi, ...]


NO_KPIS = Kpis((), (), (), (), (), (), ())


@dataclass(frozen=True, slots=True)
class _Measured:
    """Finished tries and their outcome; values in seconds, their order and half of an even sample."""

    row: Ints | slice
    sample: Ints
    values: tuple[Floats, Floats, Floats]
    orders: tuple[Ints, Ints, Ints]
    executed: Floats
    outcome: Codes
    late: Ints
    hours: float


OTHER, SUCCESS, FAILED, OUTCOMES = range(4)


def _measured(history: History) -> _Measured:
    tries = history.tries
    finished = ~missing(tries.start) & ~missing(tries.end) & (tries.end >= tries.start)
    # What is all of a column needs no copy of it.
    row = slice(None) if finished.all() else np.flatnonzero(finished)
    start, end = micros(tries.start)[row], micros(tries.end)[row]
    first, last = (int(start.min()), int(end.max())) if len(start) else (0, 0)
    sample = np.arange(0, len(start), max(len(start) // SAMPLED, 1))
    values = _values(tries, np.flatnonzero(finished)[sample])
    outcome = np.zeros(len(state.STATES), np.int8)
    outcome[[state.SUCCESS, state.FAILED, state.UP_FOR_RETRY]] = (SUCCESS, FAILED, FAILED)
    return _Measured(
        row,
        sample,
        values,
        (_order(values[0]), _order(values[1]), _order(values[2])),
        (end - start) / MICROSECONDS,
        outcome[tries.state[row]],
        (start[sample] > first + (last - first) // 2).astype(np.int32),
        max((last - first) / _HOUR_US, 1 / 3600),
    )


def _order(values: Floats) -> Ints:
    return np.argsort(values).astype(np.int32)


def _values(tries: TaskInstances, row: Ints) -> tuple[Floats, Floats, Floats]:
    """Return execution, queue and total time of `row`, in seconds."""
    start, end = micros(tries.start)[row], micros(tries.end)[row]
    queued = np.where(missing(tries.queued[row]), start, micros(tries.queued)[row])
    since = np.where(missing(tries.scheduled[row]), queued, micros(tries.scheduled)[row])
    spans = (end - start, start - np.minimum(queued, start), end - np.minimum(since, start))
    return spans[0] / MICROSECONDS, spans[1] / MICROSECONDS, spans[2] / MICROSECONDS


def _trend(found: _Measured, which: int, group: Ints, groups: int) -> Floats:
    """Return by how much the value `which` grew from the first half of the window to the second."""
    halves = group * 2 + found.late
    grouped, first = by_group(found.orders[which], halves, groups * 2)
    median = quantiles(found.values[which], grouped, first, (0.5,)).reshape(groups, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(median[:, 0] > 0, median[:, 1] / median[:, 0] - 1.0, np.nan)


def _parts(found: _Measured, group: Ints, names: list[str]) -> Iterator[Kpi]:
    groups = len(names)
    sampled = group[found.sample].astype(np.int32)
    spreads = [
        quantiles(value, *by_group(order, sampled, groups), SHARES)
        for value, order in zip(found.values, found.orders, strict=True)
    ]
    outcomes, executed = sums(group, groups, found.outcome, OUTCOMES, found.executed)
    count, success = outcomes.sum(axis=1), outcomes[:, SUCCESS]
    ended = success + outcomes[:, FAILED]
    trends = [_trend(found, which, sampled, groups) for which in (0, 1)]
    for at in np.argsort(-count, kind="stable"):
        if count[at]:
            share = float(success[at] / ended[at]) if ended[at] else float("nan")
            execution, queue, total = (Spread(*map(float, spread[at])) for spread in spreads)
            yield Kpi(
                names[at],
                int(count[at]),
                float(count[at] / found.hours),
                float(executed[at]),
                share,
                1.0 - share,
                execution,
                queue,
                total,
                float(trends[0][at]),
                float(trends[1][at]),
            )


def _named(found: _Measured, code: Ints, names: tuple[str, ...]) -> tuple[Kpi, ...]:
    """Return the figures by a column of codes, where -1 has no name."""
    own = code[found.row]
    if own.min() < 0:
        own = np.where(own < 0, len(names), own.astype(np.int32))
    return tuple(_parts(found, own, [*names, "(none)"]))


def _hours(start: Ints) -> tuple[Ints, Ints]:
    """Return the hours that something started in, and which of them each of `start` lies in."""
    hour = start // _HOUR_US
    low, most = int(hour.min()), int(hour.max())
    if most - low > len(hour) + _MANY_HOURS:
        hours, _, of_hour = grouped(hour)
        return hours, of_hour
    hour -= low
    seen = np.zeros(most - low + 1, bool)
    seen[hour] = True
    return np.flatnonzero(seen) + low, (np.cumsum(seen) - 1)[hour]


def measure_kpis(history: History) -> Kpis:
    """Return the figures of `history`, over the tries that started and ended."""
    found = _measured(history)
    if not len(found.executed):
        return NO_KPIS
    tries, tasks = history.tries, history.tasks
    labels = tuple(history.task_name(task) for task in range(len(tasks)))
    hours, of_hour = _hours(micros(tries.start)[found.row])
    names = [f"{np.datetime64(int(h) * _HOUR_US, 'us')}"[:13] for h in hours]
    whole = _parts(found, np.zeros(len(found.executed), np.int32), ["installation"])
    by_hour = sorted(_parts(found, of_hour, names), key=lambda kpi: kpi.name)
    return Kpis(
        tuple(whole),
        _named(found, history.dag_of_try, history.dags.names),
        _named(found, tries.task, labels),
        _named(found, tries.operator, history.operators),
        _named(found, tries.pool, history.pools.names),
        _named(found, tries.queue, history.queues),
        tuple(by_hour),
    )
