"""Whatever stands in a history, each section says what it can: no crash, no lost second, no NaN in JSON."""

from __future__ import annotations

import json
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.diagnose import native
from airflow_tune.diagnose.past.verdict import judge
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.state import STATES
from airflow_tune.installation.past import Past
from airflow_tune.report.figures import write_figures
from airflow_tune.report.page import Page
from airflow_tune.report.past import past_json, write_answer, write_past
from airflow_tune.versions import AirflowVersion

# Clocks that run backwards, ends before starts, and moments that never came.
TIME = st.one_of(st.none(), st.integers(0, 300), st.floats(0, 9e8, allow_nan=False))
TASKS = ("a", "b", "c")
GRAPHS = {
    "d": {
        "a": {"downstream": ["b"]},
        "b": {"downstream": ["c"], "retries": 2, "max_active_tis_per_dag": 1},
        "c": {},
    },
    # Nobody should see a circle; a history may hold one all the same.
    "e": {"a": {"downstream": ["b"]}, "b": {"downstream": ["a"], "depends_on_past": True}},
}  # fmt: skip
ROW = st.fixed_dictionaries(
    {
        "dag": st.sampled_from("de"),
        "task": st.sampled_from(TASKS),
        "run": st.integers(1, 4),
        "map_index": st.integers(-1, 1),
        "try_number": st.integers(0, 3),
        "state": st.sampled_from(STATES),
        "pool": st.sampled_from(["p", "gone", "default_pool"]),
        "slots": st.integers(0, 3),
        "host": st.sampled_from(["", "h"]),
        "operator": st.sampled_from(["EmptyOperator", "PythonOperator"]),
        **dict.fromkeys(("scheduled", "queued", "start", "end"), TIME),
    }
)
RUN = st.fixed_dictionaries(
    {
        **dict.fromkeys(("due", "queued", "start", "end"), TIME),
        "state": st.sampled_from(["queued", "running", "success", "failed"]),
        "type": st.sampled_from(["scheduled", "manual", "backfill"]),
        "backfill": st.sampled_from([None, 1]),
    }
)
MACHINES = [
    Machinery(AirflowVersion("3.3"), ExecutorKind.LOCAL, 2),
    Machinery(AirflowVersion("3.3"), ExecutorKind.CELERY, 2, worker_slots=3),
    Machinery(AirflowVersion("2.11"), ExecutorKind.KUBERNETES, 0),
]


def told(build, past):
    for width in (40, 80, 200):
        page = Page(width=width, colour=False)
        installation = build()
        write_answer(page, installation, past)
        write_past(page, installation, past)
        write_figures(page, past, "tasks")
        assert "nan" not in page.text().replace("finance", "")
    return page.text()


@pytest.fixture(scope="module")
def installed(build):
    found = build()
    return lambda: found


def random_history(make_history, rows, runs, machinery, graphs):
    unique = {(r["dag"], r["run"], r["task"], r["map_index"], r["try_number"]): r for r in rows}.values()
    # A run of its own for each DAG, as dag_run.id is.
    tries = [{**row, "run": row["run"] * 2 + (row["dag"] == "e")} for row in unique]
    dag_runs = [{**run, "id": at, "dag": "de"[at % 2]} for at, run in enumerate(runs, 2)]
    version = "3.3" if machinery.version.api_serves_tasks else "2.11"
    return make_history(
        tries,
        runs=dag_runs,
        dags=[("d", 1, 1), ("e", None, 0)],
        pools=[("p", 2, True)],
        graphs=graphs,
        version=version,
    )


@given(
    st.lists(ROW, max_size=25),
    st.lists(RUN, min_size=8, max_size=8),
    st.sampled_from(MACHINES),
    st.sampled_from([GRAPHS, None]),
)
def test_any_history_is_judged(make_history, installed, rows, runs, machinery, graphs):
    history = random_history(make_history, rows, runs, machinery, graphs)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        past = judge(Past(history, "here", 60.0), machinery)
    # Where nothing is compiled all is the same.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "LIBRARY", "/nowhere.so")
        assert repr(judge(Past(history, "here", 60.0), machinery)) == repr(past)
    assert sum(one.seconds for one in past.waits.by_limit) == pytest.approx(past.waits.total_s)
    assert past.waits.task_instances_s + past.waits.dag_runs_s == pytest.approx(past.waits.total_s)
    assert all(0 <= usage.saturated_share <= 1 for usage in past.concurrency)
    assert all(0 <= task.on_path_share <= 1 and task.slack_s >= 0 for task in past.critical_paths.tasks)
    assert all(run.makespan_s >= 0 for run in past.critical_paths.longest_runs)
    json.dumps(past_json(past), allow_nan=False)
    told(installed, past)
