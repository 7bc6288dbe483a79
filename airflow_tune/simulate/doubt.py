"""What of a history a replay cannot rest on, and why a replay may differ from what happened."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from airflow_tune.diagnose.waits.holding import holding
from airflow_tune.errors import UsageError
from airflow_tune.history.column import MICROSECONDS, missing
from airflow_tune.history.model import History
from airflow_tune.simulate.error import ModelError
from airflow_tune.simulate.outcome import peak_running
from airflow_tune.simulate.situation import Situation
from airflow_tune.units import format_duration, format_share

FEW = 30
"""Fewer tries than this are one morning's luck: means over them say little."""
MANY_SHARE = 0.05
_GAP_SHARE = 0.25
_GAP_LEAST_S = 3600.0


def check_history(history: History, source: str) -> None:
    """Raise UsageError where `history` holds nothing to replay."""
    if not len(history.tries) or bool(np.all(missing(history.tries.start))):
        raise UsageError(
            "the history holds no task instance that ran",
            where=source,
            remedy="reach further back with --since, or check which metadata DB this is",
        )


def notes_on(history: History) -> Iterator[str]:
    """Yield what a reader of any figure should know of `history`."""
    tries = history.tries
    if len(tries) < FEW:
        yield f"the history is short: {len(tries)} tries"
    unknown = float(np.mean(~history.tasks.known[tries.task]))
    if unknown > 0:
        yield f"{format_share(unknown)} of the tries are of tasks whose upstream tasks are not known"
    open_runs = int(missing(history.runs.end).sum())
    if open_runs:
        yield f"{open_runs} DAG runs had not ended when the history was taken"
    gap = _longest_gap(history)
    if gap:
        yield f"nothing ran for {format_duration(gap)} in the middle of the history"


def _longest_gap(history: History) -> float:
    """Return the longest time in which nothing ran, in seconds; 0 where none is long."""
    held = holding(history)
    if not len(held.row):
        return 0.0
    order = np.argsort(held.begin)
    covered = np.maximum.accumulate(held.end[order])
    idle = (held.begin[order][1:] - covered[:-1]) / MICROSECONDS
    longest = float(idle.max(initial=0.0))
    window = float(covered[-1] - held.begin.min()) / MICROSECONDS
    return longest if longest > max(_GAP_LEAST_S, _GAP_SHARE * window) else 0.0


def likely_reason(situation: Situation) -> str:
    """Return the likeliest reason why a replay under `situation` differs from its history."""
    history, slots = situation.history, situation.machinery.worker_slots or situation.machinery.slots
    peak = peak_running(history)
    if slots and peak > slots:
        return f"{peak} task instances ran at once, more than the {slots} slots of these settings"
    unknown = float(np.mean(~history.tasks.known[history.tries.task]))
    if unknown > MANY_SHARE:
        return f"the upstream tasks of {format_share(unknown)} of the tries are not known"
    if float(np.mean(missing(history.tries.end))) > MANY_SHARE:
        return "many tries had not ended, and how long they take had to be guessed"
    if _longest_gap(history):
        return "the history has a gap: the scheduler may have stood still"
    return "settings or hosts changed in that time, or something outside Airflow held it back"


def check_error(error: ModelError, situation: Situation, source: str) -> None:
    """Raise UsageError where the replay of `situation` is too far off to foretell anything."""
    if not error.too_large:
        return
    off = (
        f"makespan {error.makespan_share:+.0%}, mean wait {error.wait_mean_share:+.0%}, "
        f"p95 wait {error.wait_p95_share:+.0%}"
    )
    reason = likely_reason(situation)
    raise UsageError(
        f"the model does not explain this past ({off}), so it cannot foretell another: {reason}",
        where=source,
        remedy="look at the replay with `airflow-tune simulate`, whose --force shows scenarios all the same",
    )
