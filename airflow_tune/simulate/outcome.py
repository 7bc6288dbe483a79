"""What a History came to: the figures that are compared, observed or played."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.holding import holding
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.result import Waits, attribute_waits
from airflow_tune.diagnose.waits.stretches import stretches
from airflow_tune.history.column import MICROSECONDS, Floats, Ints, micros, missing
from airflow_tune.history.model import History

SHARES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long tries waited from ready to start, in seconds; quantiles by nearest rank."""

    mean: float
    p50: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class DagRun:
    """One finished DAG run: `wait_s` is what its tries waited in sum, `duration_s` from start to end."""

    dag_id: str
    run_id: str
    wait_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class Sharing:
    """What work asked of the host that had the most of it.

    `peak_bytes` of memory at once; for `short_s` it wanted more cores than there are. All work together
    took 1 + `longer_share` times as long as alone.
    """

    peak_bytes: float
    short_s: float
    longer_share: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of one history.

    `makespan_s` is from the first ready time to the last end. `utilisation_share` is what ran over
    all executor slots in that time, None where their number is not known. `finished` counts tries,
    `peak_running` how many ran at once at most. Where work shares its hosts' cores, `sharing` tells of that.
    """

    makespan_s: float
    wait: Wait
    waits: Waits
    utilisation_share: float | None
    dag_runs: tuple[DagRun, ...]
    finished: int
    peak_running: int
    sharing: Sharing | None = None


def _wait(seconds: Floats) -> Wait:
    if not len(seconds):
        return Wait(0.0, 0.0, 0.0, 0.0, 0.0)
    ordered = np.sort(seconds)
    ranks = [max(int(np.ceil(share * len(ordered))) - 1, 0) for share in SHARES]
    p50, p95, p99 = (float(ordered[rank]) for rank in ranks)
    return Wait(float(ordered.mean()), p50, p95, p99, float(ordered[-1]))


def _dag_runs(history: History, waited: Floats) -> tuple[DagRun, ...]:
    runs = history.runs
    by_run = np.bincount(history.tries.run, waited, len(runs))
    over = np.flatnonzero(~missing(runs.start) & ~missing(runs.end))
    spans = (micros(runs.end) - micros(runs.start)) / MICROSECONDS
    names = history.dags.names
    return tuple(
        DagRun(names[runs.dag[row]], runs.run_ids[row], float(by_run[row]), float(spans[row]))
        for row in over.tolist()
    )


def peak_running(history: History) -> int:
    """Return how many tries ran at once at most, those that were never deferred."""
    tries = history.tries
    known = ~missing(tries.start) & ~missing(tries.end) & (tries.end > tries.start) & ~missing(tries.queued)
    known &= micros(tries.queued) <= micros(tries.start)
    times = np.concatenate([micros(tries.start)[known], micros(tries.end)[known]])
    steps = np.repeat([1, -1], int(known.sum()))
    order = np.lexsort((steps, times))
    return int(np.cumsum(steps[order]).max(initial=0))


def measure(history: History, machinery: Machinery) -> Outcome:
    """Return the figures of `history`, which `machinery` ran."""
    found = stretches(history)
    span: Floats = (found.start - found.ready) / MICROSECONDS
    waited: Floats = np.bincount(found.row, span, len(history.tries)).astype(float)
    row: Ints = np.unique(found.row)
    held = holding(history)
    ends = np.append(held.end, micros(history.runs.end)[~missing(history.runs.end)])
    makespan = float(ends.max() - found.ready.min()) / MICROSECONDS if len(row) and len(ends) else 0.0
    busy = float((held.end - held.started).sum()) / MICROSECONDS
    slots = machinery.worker_slots or machinery.slots
    return Outcome(
        makespan,
        _wait(waited[row]),
        attribute_waits(history, machinery),
        min(busy / (slots * makespan), 1.0) if slots and makespan else None,
        _dag_runs(history, waited),
        int((~missing(history.tries.end)).sum()),
        peak_running(history),
    )
