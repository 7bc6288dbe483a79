"""What a page draws of the past: waits and slots in use over time, and the worst DAG runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.use_over_time import UseOverTime, use_over_time
from airflow_tune.diagnose.past.verdict import Verdict
from airflow_tune.diagnose.past.worst_run import WorstRun, worst_runs
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.over_time import WaitsOverTime, equal_spans, waits_over_time
from airflow_tune.history.model import History

BUCKETS = 120
"""As many steps as a phone's screen can show."""
LIMITS = 7
"""More colours than this are not told apart."""
USES = 6


@dataclass(frozen=True, slots=True)
class Pictures:
    """The series behind the charts of one history."""

    waits: WaitsOverTime
    use: tuple[UseOverTime, ...]
    worst: tuple[WorstRun, ...]


def take_pictures(history: History, machinery: Machinery, verdict: Verdict) -> Pictures | None:
    """Return what is to be drawn of `history`; None where it holds no task instance."""
    if np.isnat(verdict.begin) or not len(history.tries):
        return None
    begin, end = (moment.astype("datetime64[us]").astype(np.int64) for moment in (verdict.begin, verdict.end))
    edges = equal_spans(int(begin), int(end), BUCKETS)
    dearest = tuple(one.limit for one in verdict.waits.by_limit if one.seconds > 0)[:LIMITS]
    fullest = tuple(one.limit for one in verdict.concurrency if one.peak > 0)
    # What held something first, then what was full for longest.
    shown = tuple(dict.fromkeys((*(one for one in dearest if one in fullest), *fullest)))[:USES]
    return Pictures(
        waits_over_time(history, machinery, dearest, edges),
        use_over_time(history, machinery, shown, edges),
        worst_runs(history, machinery),
    )
