"""The machinery's times, fitted to the history at hand; what it cannot tell is as measured on 3.3.2."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

import numpy as np

from airflow_tune.diagnose.waits.machinery import SLOT_TAIL_S
from airflow_tune.diagnose.waits.stretches import resumed
from airflow_tune.history.column import MICROSECONDS, Floats, Ints, distinct, micros, missing
from airflow_tune.history.model import History
from airflow_tune.simulate.outcome import peak_running
from airflow_tune.simulate.system import CHOOSE_SHARE, EXAMINE_SHARE, Latencies
from airflow_tune.versions import AirflowVersion

ENOUGH = 8
"""Fewer observations than this fit nothing."""
STEPS = 32
LOOKED_AT = 20_000
"""Of more waits than this an even part is matched: the share's error is below 1 % by then."""
BODY_S = (0.036, 0.08, 0.105, 0.115, 0.125, 0.14, 0.165, 0.2, 0.3)
"""One pass of the scheduler's loop, measured on 3.3.2 with 14 DAG runs: 36-350 ms, 115 ms in the middle."""
START_S = (0.01, 0.02, 0.025, 0.035, 0.05)
"""From queued to start with a slot free, measured on 3.3.2: 10-50 ms (LocalExecutor), 32 ms (Celery)."""
START_2_S = (0.5, 1.0, 1.5, 2.0, 3.0)
"""In 2.x `tasks run` is started and the DAG file parsed before start_date (read in its LocalTaskJob)."""
TAIL_FAST_S = (0.018, 0.022, 0.025, 0.027, 0.04)
TAIL_SLOW_SHARE = 0.34
"""25-43 % of task instances held their slot for 5.03 s after end_date, measured on 3.3.2."""
_NEAR_S = 0.09
_SLOW_S = (-0.05, 0.1)
"""How far from the slow tail an end may lie before a start that it let begin."""
_WAITED_S = 0.5
_MATCHED = 0.7
_MOST_CHANCE = 0.2
_PRIOR = 10
"""The measured share counts as so many observations, as it differs much: from 25 % to 77 % between hosts."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One fitted time: its middle in seconds, or a share, and how many observations made it.

    `observations` is 0 where the measured default stands in.
    """

    name: str
    value: float
    observations: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Latencies and how each of them was come by."""

    latencies: Latencies
    fits: tuple[Fit, ...]


def _table(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in np.quantile(values, np.linspace(0.0, 1.0, STEPS + 1)))


def _fitted(name: str, values: Floats, default: tuple[float, ...]) -> tuple[tuple[float, ...], Fit]:
    if len(values) < ENOUGH:
        return default, Fit(name, default[len(default) // 2], 0)
    return _table(values), Fit(name, float(np.median(values)), len(values))


def _bodies(history: History, idle_sleep_s: float, schedulers: int) -> Floats:
    """Return how long passes took: from one queueing to the next where nothing slept in between."""
    queued = history.tries.queued
    moments = distinct(micros(queued)[~missing(queued)])
    gaps = np.diff(moments) / MICROSECONDS
    return gaps[(gaps > 0.0) & (gaps < 0.5 * idle_sleep_s)] if schedulers == 1 else gaps[:0]


def _starts(history: History, tail_s: float) -> Floats:
    """Return how long the start took where nothing was waited for.

    Nothing is waited for where, of what was queued before, so much had ended long enough ago that fewer are
    left than ran at once at most. Up to five times the quickest tenth of these the others count as well.
    """
    tries = history.tries
    known = ~missing(tries.queued) & ~missing(tries.start) & ~missing(tries.end) & ~resumed(tries)
    queued, start, end = (micros(column)[known] for column in (tries.queued, tries.start, tries.end))
    order = np.argsort(queued, kind="stable")
    over = np.searchsorted(np.sort(end), queued[order] - round(tail_s * MICROSECONDS), side="right")
    free = np.arange(len(order)) - over < peak_running(history)
    spans = (start - queued)[order] / MICROSECONDS
    sure = spans[free & (spans > 0)]
    if len(sure) < ENOUGH:
        return sure
    quick = float(np.quantile(sure, 0.1))
    return spans[(spans > 0) & (spans <= max(5 * quick, quick + 0.1))]


def _slow_share(history: History, tail_s: float) -> tuple[float, int]:
    """Return which share of slots stayed busy after end_date, and of how many that is known.

    Where task instances wait in `queued`, each start follows a slot's release, and that an end: at once, or
    by the slow time. Ends are matched with starts in order, each once; where fewer than 70 % match,
    nothing is known.
    """
    tries = history.tries
    known = ~missing(tries.queued) & ~missing(tries.start) & ~missing(tries.end) & ~resumed(tries)
    start, queued = micros(tries.start)[known], micros(tries.queued)[known]
    waited = np.sort(start[start - queued > _WAITED_S * MICROSECONDS])[:LOOKED_AT] / MICROSECONDS
    ends = np.sort(micros(tries.end)[known]) / MICROSECONDS
    if len(waited) < 4 * ENOUGH or _by_chance(waited, ends) > _MOST_CHANCE:
        return TAIL_SLOW_SHARE, 0
    fast, slow = _match(waited, ends, tail_s)
    if fast + slow < _MATCHED * len(waited):
        return TAIL_SLOW_SHARE, 0
    return (slow + _PRIOR * TAIL_SLOW_SHARE) / (fast + slow + _PRIOR), fast + slow


def _by_chance(starts: Floats, ends: Floats) -> float:
    """Return how likely an end that frees its slot late lies just before a start by chance."""
    within = np.searchsorted(ends, starts[-1]) - np.searchsorted(ends, starts[0])
    rate = within / max(float(starts[-1] - starts[0]), 1.0)
    return float(1 - np.exp(-TAIL_SLOW_SHARE * rate * _NEAR_S))


def _match(starts: Floats, ends: Floats, tail_s: float) -> tuple[int, int]:
    times, used = ends.tolist(), [False] * len(ends)
    fast = slow = 0
    for start in starts.tolist():
        quick = _unused(times, used, start - _NEAR_S, start)
        late = (
            -1
            if quick >= 0
            else _unused(times, used, start - tail_s - _SLOW_S[1], start - tail_s - _SLOW_S[0])
        )
        fast += quick >= 0
        slow += late >= 0
        if max(quick, late) >= 0:
            used[max(quick, late)] = True
    return fast, slow


def _unused(times: list[float], used: list[bool], low: float, high: float) -> int:
    """Return the last unused place of `times` in [low, high), -1 for none."""
    at = bisect_left(times, high) - 1
    while at >= 0 and times[at] >= low:
        if not used[at]:
            return at
        at -= 1
    return -1


def _examine_share(history: History, body_s: float, choose_share: float) -> float:
    """Return when in a pass DAG runs have been examined: what is queued in the same pass tells."""
    tries = history.tries
    known = ~missing(tries.scheduled) & ~missing(tries.queued)
    spans: Ints = (micros(tries.queued) - micros(tries.scheduled))[known]
    same = spans[(spans > 0) & (spans < body_s * MICROSECONDS)] / MICROSECONDS
    if len(same) < ENOUGH:
        return EXAMINE_SHARE
    return float(np.clip(choose_share - np.median(same) / body_s, 0.05, choose_share - 0.05))


def calibrate(
    history: History, *, idle_sleep_s: float, schedulers: int, tail_s: float = SLOT_TAIL_S
) -> Calibration:
    """Return the latencies of the machinery that ran `history`, whose slots may stay busy for `tail_s`."""
    version: AirflowVersion = history.version
    bodies = _bodies(history, idle_sleep_s, schedulers)
    starts = _starts(history, tail_s if version.api_serves_tasks else 0.0)
    slow = _slow_share(history, tail_s) if version.api_serves_tasks else (0.0, 0)
    found = _calibration(version, bodies, starts, slow, tail_s)
    share = _examine_share(history, found.fits[0].value, CHOOSE_SHARE)
    return replace(found, latencies=replace(found.latencies, examine_share=share))


def uncalibrated(
    version: AirflowVersion, *, tail_s: float = SLOT_TAIL_S, db_wait_s: float = 0.0
) -> Calibration:
    """Return the latencies of `version` where there is no history to fit them to.

    A pass of the loop takes `db_wait_s` longer than where it was measured.
    """
    nothing: Floats = np.zeros(0)
    slow = (TAIL_SLOW_SHARE if version.api_serves_tasks else 0.0, 0)
    found = _calibration(version, nothing, nothing, slow, tail_s)
    if not db_wait_s:
        return found
    body = tuple(one + db_wait_s for one in found.latencies.body)
    fits = (replace(found.fits[0], value=found.fits[0].value + db_wait_s), *found.fits[1:])
    return Calibration(replace(found.latencies, body=body), fits)


def _calibration(
    version: AirflowVersion, bodies: Floats, starts: Floats, slow: tuple[float, int], tail_s: float
) -> Calibration:
    """Return what is fitted to `bodies` and `starts`; `slow` is the share of slow tails, and of how many."""
    body, body_fit = _fitted("loop_body_s", bodies, BODY_S)
    start, start_fit = _fitted("start_s", starts, START_S if version.api_serves_tasks else START_2_S)
    share, matched = slow
    latencies = Latencies(body, start, TAIL_FAST_S, share, tail_s)
    return Calibration(latencies, (body_fit, start_fit, Fit("slot_tail_slow_share", share, matched)))
