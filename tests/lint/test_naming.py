"""DAGs and tasks whose ids only a run knows are told by their lines."""

from __future__ import annotations

from airflow_tune.lint.rules.reliability.unbounded_backoff import RULE as RETRIES
from airflow_tune.lint.rules.scheduling.missing_run_timeout import RULE as HANGS

SOURCE = """from airflow import DAG
from airflow.models import Variable
from airflow.sensors.filesystem import FileSensor

with DAG(Variable.get("name"), schedule="@daily"):
    FileSensor(task_id=Variable.get("task"), filepath="x", retries=60)
"""


def test_unknown_ids_are_told_by_line(found_by):
    (hangs,) = found_by(HANGS, {"a_dag.py": SOURCE})
    assert hangs.message == "a run of <line 5> that hangs is never ended"
    (retries,) = found_by(RETRIES, {"a_dag.py": SOURCE})
    assert retries.message == "<line 6> retries 60 times without a bound"
