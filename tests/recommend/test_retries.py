"""How to retry after each class of failure: as its retries went, or as is usual; not for an incident."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from airflow_tune.findings import Abstention, Confidence
from airflow_tune.history.cause import NETWORK, TASK_LOG, UNKNOWN, Traces
from airflow_tune.recommend.engine import recommend


def failing(make_history, cause, runs, *, rescued):
    """One task instance a run fails at first for `cause`; its retry succeeds in `rescued` runs."""
    earlier, rows = [], []
    for run in range(1, runs + 1):
        begin = run * 3600.0
        first = dict.fromkeys(("scheduled", "queued", "start"), begin) | {"end": begin + 30}
        again = dict.fromkeys(("scheduled", "queued", "start"), begin + 90) | {"end": begin + 120}
        task = {"dag": "d", "task": "t", "run": run}
        earlier.append({**task, **first, "state": "failed"})
        rows.append({**task, **again, "try_number": 2, "state": "success" if run <= rescued else "failed"})
    graphs = {"d": {"t": {"retries": 1, "retry_delay_s": 60.0}}}
    history = make_history(rows, earlier=earlier, dags=[("d", 16, 16)], graphs=graphs)
    failed = np.flatnonzero(history.tries.try_number == 1)
    traces = Traces.of(dict.fromkeys(failed.tolist(), (cause, "seen", TASK_LOG)))
    return replace(history, traces=traces)


def advice_on(option, build, lessons):
    return next(one for one in recommend(build(), lessons).advice if one.option == option)


@pytest.fixture
def network(build, taught, make_history):
    def advice(runs, rescued):
        lessons = taught(failing(make_history, NETWORK, runs, rescued=rescued))
        return advice_on("retries_after:network", build, lessons)

    return advice


def test_retries_that_helped_are_kept_as_they_were(network):
    found = network(20, 18)
    assert found.proposed == (
        "retries=1, retry_delay=timedelta(seconds=60), retry_exponential_backoff=True,"
        " max_retry_delay=timedelta(seconds=600)"
    )
    assert found.reason == "20 failures of this class; 18 of 20 retries succeeded"
    assert found.how.startswith("in the code of the tasks that fail so: retries=1, ")


def test_few_retries_leave_it_to_what_is_usual(network):
    found = network(4, 2)
    assert found.confidence is Confidence.LOW
    assert found.basis == "rests on what is usual for such failures"
    assert found.proposed.startswith("retries=3, ")


def test_an_incident_is_left_alone(network):
    found = network(2, 1)
    assert isinstance(found, Abstention)
    assert found.reason == "only 2 failures of this class so far"


def test_what_nobody_knows_the_cause_of_is_left_to_its_logs(build, taught, make_history):
    found = advice_on("retries_after:unknown", build, taught(failing(make_history, UNKNOWN, 4, rescued=4)))
    assert isinstance(found, Abstention)
    assert "until logs say why" in found.reason
