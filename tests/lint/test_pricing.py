"""Findings on tasks that hold a slot while they wait are priced by the history, and only there."""

from __future__ import annotations

import json

from airflow_tune.lint.check import check_project, examine
from airflow_tune.lint.rules import PROJECT_RULES, RULES

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
