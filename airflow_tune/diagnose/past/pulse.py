"""The scheduler's pulse as timestamps show it: how often it looks, how much it queues, how late runs are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.priced import About, Priced, Rule, dearest_first
from airflow_tune.diagnose.waits.run_wait import is_scheduled
from airflow_tune.findings import Layer
from airflow_tune.history.column import MICROSECONDS, Floats, Ints, counted, micros, missing
from airflow_tune.history.model import History

LATE = Rule("AFH05", "runs-created-late", Layer.FRAMEWORK, "scheduler")
SLOW_PARSE = Rule("AFH06", "slow-to-parse", Layer.APPLICATION, "scheduler")
SKEWED = Rule("AFH07", "clocks-differ", Layer.INFRASTRUCTURE, "scheduler")
BUSY_US = 30 * MICROSECONDS
"""Looks further apart than this say that there was nothing to do, not that the loop is slow."""
LATE_S = 10.0
PARSE_S = 5.0
SKEW_S = 0.05
RESUMED_S = -1.0
"""Started longer than this before it was queued, a try was resumed after a deferral."""
SAMPLED = 1_000_000
"""Of more starts than twice this, hosts are compared by an even sample."""


@dataclass(frozen=True, slots=True)
class DagParse:
    """How long the file of a DAG took to parse the last time (Airflow 3.1 and later keep it)."""

    dag: str
    parse_s: float


@dataclass(frozen=True, slots=True)
class HostLag:
    """The shortest time from queued to start on one host, over `starts` of them.

    Below 0 the host's clock is behind the scheduler's by that much at least; a host whose shortest time is
    longer than that of the others may be ahead by the difference.
    """

    host: str
    starts: int
    least_s: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds and counts; NaN where the history shows nothing.

    `period` is between two looks that queued something, less than 30 s apart; `batch` how many task
    instances one look queued. `run_delay` is due to queued of scheduled runs. `skew_s` is by how much
    workers' clocks are behind the scheduler's at least (start before queued). `parses` are all DAGs of
    which it is known, the slowest first; `hosts` those with the shortest times to start first.
    """

    period_p50_s: float
    period_p95_s: float
    batch_p50: float
    batch_max: int
    starts_per_s_max: float
    run_delay_p50_s: float
    run_delay_p95_s: float
    skew_s: float
    skewed: int
    parses: tuple[DagParse, ...]
    hosts: tuple[HostLag, ...]


NAN = float("nan")
NO_PULSE = Pulse(NAN, NAN, NAN, 0, 0.0, NAN, NAN, 0.0, 0, (), ())


def _middle_and_most(values: Floats | Ints) -> tuple[float, float]:
    """Return p50 and p95 of `values`, NaN where there are none."""
    middle, most = np.quantile(values, (0.5, 0.95)).tolist() if len(values) else (NAN, NAN)
    return middle, most


def _starts_per_s(start: Ints) -> float:
    if not len(start):
        return 0.0
    _, count = counted(start // (60 * MICROSECONDS))
    return float(count.max()) / 60.0


def _run_delay(history: History) -> Floats:
    runs, some = history.runs, is_scheduled(history)
    delay: Floats = (micros(runs.queued)[some] - micros(runs.due)[some]) / MICROSECONDS
    return delay


def take_pulse(history: History) -> Pulse:
    """Return the scheduler's pulse over `history`."""
    tries = history.tries
    queued = micros(tries.queued)[~missing(tries.queued)]
    looks, batch = counted(queued)
    gaps = np.diff(looks)
    # Divided after the quantiles: their columns are as long as the history.
    p50, p95 = _middle_and_most(gaps[gaps < BUSY_US])
    early = (tries.start < tries.queued).nonzero()[0]
    lag = (micros(tries.start)[early] - micros(tries.queued)[early]) / MICROSECONDS
    # Much earlier than queued is a resumption after deferral, not a clock.
    behind = -lag[(lag < -SKEW_S) & (lag > RESUMED_S)]
    return Pulse(
        p50 / MICROSECONDS,
        p95 / MICROSECONDS,
        _middle_and_most(batch)[0],
        int(batch.max(initial=0)),
        _starts_per_s(micros(tries.start)[~missing(tries.start)]),
        *_middle_and_most(_run_delay(history)),
        float(behind.max(initial=0.0)),
        len(behind),
        _parses(history),
        _hosts(history),
    )


def _parses(history: History) -> tuple[DagParse, ...]:
    parse = history.dags.parse_s
    order = np.argsort(-np.nan_to_num(parse), kind="stable").tolist()
    return tuple(DagParse(history.dags.names[at], float(parse[at])) for at in order if parse[at] > 0)


def _hosts(history: History) -> tuple[HostLag, ...]:
    tries = history.tries
    row = np.flatnonzero((tries.host >= 0) & ~missing(tries.queued) & ~missing(tries.start))
    row = row[:: max(len(row) // SAMPLED, 1)]
    lag = (micros(tries.start)[row] - micros(tries.queued)[row]) / MICROSECONDS
    row, lag = row[lag > RESUMED_S], lag[lag > RESUMED_S]
    host = tries.host[row]
    count = np.bincount(host, minlength=len(history.hosts))
    least = np.full(len(history.hosts), np.inf)
    np.minimum.at(least, host, lag)
    order = np.argsort(least, kind="stable").tolist()
    return tuple(HostLag(history.hosts[at], int(count[at]), float(least[at])) for at in order if count[at])


def pulse_findings(pulse: Pulse) -> tuple[Priced, ...]:
    """Return what is wrong with the pulse."""
    found = []
    if pulse.run_delay_p95_s > LATE_S:
        found.append(
            LATE.found(
                f"one DAG run in twenty is created {pulse.run_delay_p95_s:.0f} s or more after it is due",
                "look at max_active_runs, at the scheduler's load and at how many DAGs are due at once"
                " (scheduler.max_dagruns_to_create_per_loop)",
                saved_s=pulse.run_delay_p95_s,
                shown=[("delay p95", f"{pulse.run_delay_p95_s:.1f} s", "queued_at - run_after")],
            )
        )
    found += [
        SLOW_PARSE.found(
            f"{one.dag} takes {one.parse_s:.1f} s to parse",
            "move imports and calls out of the module's top level",
            saved_s=one.parse_s,
            shown=[("last parse", f"{one.parse_s:.1f} s", "dag.last_parse_duration")],
            about=About("scheduler", one.dag),
        )
        for one in pulse.parses
        if one.parse_s >= PARSE_S
    ]
    if pulse.skewed:
        found.append(
            SKEWED.found(
                f"{pulse.skewed} task instances started up to {pulse.skew_s:.2f} s before they were queued",
                "let NTP set the clocks of workers and scheduler: waits are wrong by that much",
                saved_s=0.0,
                shown=[("skew", f"{pulse.skew_s:.2f} s", "max(queued_dttm - start_date)")],
            )
        )
    return dearest_first(found)
