"""What the past teaches whoever sizes limits: the verdict, what was wanted of each, what kind of work ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.concurrency import Usage
from airflow_tune.diagnose.past.mix import KindOfWork, mix_of_work
from airflow_tune.diagnose.past.proof import Proof, prove
from airflow_tune.diagnose.past.span import ENOUGH_TRIES, WEEK_S
from airflow_tune.diagnose.past.verdict import Verdict
from airflow_tune.diagnose.past.wanted import Wanted, wanted
from airflow_tune.diagnose.past.wanted_run import wanted_runs
from airflow_tune.diagnose.waits.levels import level
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.stretches import resumed
from airflow_tune.history.column import MICROSECONDS, micros
from airflow_tune.history.model import History

LEAST_SHARE = 0.01
"""A limit that caused less than this share of all waiting is not worth a change; judgement."""
MOST_LIMITS = 40


@dataclass(frozen=True, slots=True)
class Lessons:
    """A history as recommendations use it.

    `tries` counts those that ran and ended, `span_s` is from the first moment to the last, on which the
    history was taken (`begin`, `end`, UTC). `wanted` are the limits that caused waiting worth a change.
    `pools` are slots by name, `deferred_peak` and `runs_peak` the most task instances deferred and
    the most runs of one DAG at once.
    """

    verdict: Verdict
    machinery: Machinery
    tries: int
    span_s: float
    wanted: Mapping[str, Wanted]
    mix: tuple[KindOfWork, ...]
    proof: Proof | None
    pools: Mapping[str, int]
    deferred_peak: int
    runs_peak: int

    @property
    def whole_week(self) -> bool:
        """Return whether the history shows every weekday, so that what it never shows is rare."""
        return self.span_s >= WEEK_S

    @property
    def enough_tries(self) -> bool:
        """Return whether durations and kinds of work are known well enough to plan with."""
        return self.tries >= ENOUGH_TRIES

    @property
    def week_on(self) -> str:
        """Return the date on which a week of history is there: its first moment + 7 days."""
        return str((self.verdict.begin + np.timedelta64(7, "D")).astype("datetime64[D]"))

    def tries_on(self, needed: int) -> str:
        """Return the date on which `needed` task instances will have run, at the rate so far."""
        more_s = max(needed - self.tries, 0) / max(self.tries, 1) * max(self.span_s, 1.0)
        return str((self.verdict.end + np.timedelta64(int(more_s), "s")).astype("datetime64[D]"))


def learn(history: History, machinery: Machinery, verdict: Verdict) -> Lessons | None:
    """Return what `history` teaches; None where nothing ran."""
    mix = mix_of_work(history)
    if not mix:
        return None
    names = [one.limit for one in verdict.waits.by_limit if one.share >= LEAST_SHARE][:MOST_LIMITS]
    found = [*wanted(history, machinery, names), *wanted_runs(history, names)]
    span = (verdict.end - verdict.begin).astype("timedelta64[us]").astype(np.int64)
    pools = history.pools
    return Lessons(
        verdict=verdict,
        machinery=machinery,
        tries=sum(one.tries for one in mix),
        span_s=float(span) / MICROSECONDS,
        wanted={one.limit: one for one in found},
        mix=mix,
        proof=prove(verdict.contention, _executor_use(verdict, machinery)),
        pools={name: int(slots) for name, slots in zip(pools.names, pools.slots, strict=True) if slots},
        deferred_peak=_deferred_peak(history),
        runs_peak=_runs_peak(history),
    )


def _executor_use(verdict: Verdict, machinery: Machinery) -> Usage | None:
    """Return the use of the slots that tasks run in: the workers', else parallelism's."""
    usages = {one.limit: one for one in verdict.concurrency}
    return usages.get(machinery.queued_limit[0]) or usages.get("parallelism")


def _deferred_peak(history: History) -> int:
    """Return the most task instances deferred at once: from first start until queued again."""
    row = np.flatnonzero(resumed(history.tries))
    begin, end = micros(history.tries.start)[row], micros(history.tries.queued)[row]
    zero = np.zeros(len(row), np.int64)
    return int(level(zero, begin, end, zero + 1, 1).peaks().max(initial=0))


def _runs_peak(history: History) -> int:
    """Return the most finished runs of one DAG that were running at once."""
    runs = history.runs
    row = np.flatnonzero(~np.isnat(runs.start) & (runs.end > runs.start) & ~runs.backfill)
    group, one = runs.dag[row].astype(np.int64), np.ones(len(row), np.int64)
    levels = level(group, micros(runs.start)[row], micros(runs.end)[row], one, len(history.dags.names))
    return int(levels.peaks().max(initial=0))
