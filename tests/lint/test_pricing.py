"""Findings on tasks that hold a slot while they wait are priced by the history, and only there."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from airflow_tune.history.cause import LOG_TABLE, NETWORK, RESOURCE, ZOMBIE, Traces
from airflow_tune.lint.check import check_project, examine
from airflow_tune.lint.options import Options
from airflow_tune.lint.rules import PROJECT_RULES, RULES
from airflow_tune.metadata.model import XComSize

PUSHES = """from airflow import DAG
from airflow.operators.python import PythonOperator
import pandas as pd
def frame():
    return pd.read_csv("/data/x.csv")
with DAG("d"):
    PythonOperator(task_id="a", python_callable=frame)
"""
SOURCE = """from airflow import DAG
from airflow.sensors.external_task import ExternalTaskSensor
with DAG("d"):
    ExternalTaskSensor(task_id="a", external_dag_id="x")
    ExternalTaskSensor(task_id="new", external_dag_id="x")
"""


def told(subject, knowledge, text):
    found = check_project([examine(subject(text), RULES)], knowledge(text), PROJECT_RULES)
    return [(one.message, [part.value for part in one.evidence]) for one in found if one.code == "AFT801"]


def test_a_sensor_that_ran_costs_what_it_held_its_slot_for(subject, knowledge):
    past = {"d": {"count": 4, "run_s": 2000, "tasks": {"a": [2, 1500]}}}
    found = told(subject, knowledge, f"# history: {json.dumps(past)}\n{SOURCE}")
    assert found == [
        ("the sensor a holds a slot while it waits: 25m of each run", ["25m of each run"]),
        ("the sensor new holds a slot while it waits", []),
    ]


def test_without_a_history_there_is_no_price(subject, knowledge):
    assert [evidence for _, evidence in told(subject, knowledge, SOURCE)] == [[], []]


@pytest.mark.parametrize(
    ("sizes", "least", "told"),
    [
        (None, None, [""]),
        (XComSize(2, 100, 50.0), None, [""]),  # too few to say that they are small
        (XComSize(3, 49_344, 50.0), None, []),
        (XComSize(3, 9_000_000, 5e6), None, [": up to 8.58 MiB so far"]),
        (XComSize(3, 9_000_000, 5e6), 10_000_000, []),
        (XComSize(3, 10, 5.0), 0, [": up to 10 B so far"]),
    ],
)
def test_what_was_pushed_says_how_large_results_are(subject, knowledge, sizes, least, told):
    options = Options({"AFT806": {"min-bytes": least}} if least is not None else {})
    xcoms = {("d", "a"): sizes} if sizes else {("d", "b"): XComSize(9, 9, 9.0)}
    known = replace(knowledge(PUSHES), xcoms=xcoms, options=options)
    found = check_project([examine(subject(PUSHES), RULES)], known, PROJECT_RULES)
    messages = [one.message for one in found if one.code == "AFT806"]
    assert [one.partition("by XCom")[2] for one in messages] == told


def test_a_heavy_task_tells_how_often_it_was_lost(subject, knowledge):
    text = """from airflow import DAG
from airflow.operators.python import PythonOperator
from sklearn.ensemble import RandomForestClassifier
def train():
    RandomForestClassifier().fit([], [])
with DAG("d"):
    PythonOperator(task_id="a", python_callable=train)
"""
    past = {"d": {"count": 4, "run_s": 200, "tasks": {"a": [2, 150], "b": [2, 1]}}}
    known = knowledge(f"# history: {json.dumps(past)}\n{text}")
    task = known.history.tasks.names.index("a")
    rows = [row for row, one in enumerate(known.history.tries.task) if one == task]
    causes = dict(zip(rows, (RESOURCE, ZOMBIE, NETWORK), strict=False))
    traces = Traces.of({row: (cause, "seen", LOG_TABLE) for row, cause in causes.items()})
    lost = replace(known, history=replace(known.history, traces=traces))

    def messages(known):
        found = check_project([examine(subject(text), RULES)], known, PROJECT_RULES)
        return [one.message.partition("little")[2] for one in found if one.code == "AFT406"]

    assert messages(known) == [""]
    assert messages(lost) == [": 2 tries of it ended for want of memory or with the worker"]
