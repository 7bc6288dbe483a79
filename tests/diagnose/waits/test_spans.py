"""Waits on the clock: as long as they were charged, and inside the time that the try really waited."""

from __future__ import annotations

import collections

import numpy as np

from airflow_tune.diagnose.waits.charge import charged_in_parts
from airflow_tune.diagnose.waits.result import summed
from airflow_tune.diagnose.waits.spans import wait_spans
from airflow_tune.diagnose.waits.stretches import stretches


def test_each_limit_has_the_seconds_it_was_charged_with(experiment):
    charged = summed(experiment.history, charged_in_parts(experiment.history, experiment.machinery))
    laid = collections.Counter()
    for part in wait_spans(experiment.history, experiment.machinery):
        for code, name in enumerate(part.names):
            own = part.limit == code
            laid[name] += int((part.end[own] - part.begin[own]).sum())
    assert {name: spent / 1e6 for name, spent in laid.items()} == {
        one.limit: one.seconds for one in charged.by_limit
    }


def test_no_wait_reaches_beyond_ready_time_and_start(experiment):
    waits = stretches(experiment.history)
    ready = np.full(len(experiment.history.tries), np.iinfo(np.int64).max)
    start = np.zeros(len(experiment.history.tries), np.int64)
    np.minimum.at(ready, waits.row, waits.ready)
    np.maximum.at(start, waits.row, waits.start)
    for part in wait_spans(experiment.history, experiment.machinery):
        assert np.all(part.begin >= ready[part.row])
        assert np.all(part.end <= start[part.row])
