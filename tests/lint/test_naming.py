"""DAGs and tasks whose ids only a run knows are told by their lines."""

from __future__ import annotations

from airflow_tune.lint.options import Options
from airflow_tune.lint.rules.reliability.missing_retries import RULE as RETRIED
from airflow_tune.lint.rules.reliability.unbounded_backoff import RULE as RETRIES
from airflow_tune.lint.rules.scheduling.missing_run_timeout import RULE as HANGS
from airflow_tune.linter.reading import Reader

SOURCE = """from airflow import DAG
from airflow.models import Variable
from airflow.sensors.filesystem import FileSensor

with DAG(Variable.get("name"), schedule="@daily"):
    FileSensor(task_id=Variable.get("task"), filepath="x", retries=60)
"""


GROUPED = """from airflow import DAG
from airflow.sensors.filesystem import FileSensor
from airflow.utils.task_group import TaskGroup
from somewhere import names

with DAG("d", schedule="@daily"):
    for name in names():
        with TaskGroup(f"of_{name}"):
            FileSensor(task_id="wait", filepath="x", retries=60)
            FileSensor(task_id=f"wait_{name}_again", filepath="x", retries=60)
            FileSensor(task_id="wait_" + name, filepath="x", retries=60)
            FileSensor(task_id="wait_%s_%d" % (name, 1), filepath="x", retries=60)
            FileSensor(task_id="wait_{}_b".format(name), filepath="x", retries=60)
            FileSensor.partial(task_id="wait_for_each", retries=60).expand(filepath=["x", "y"])
"""


def test_ids_in_unknown_groups_are_told_as_they_are_written(found_by):
    found = [one.message.partition(" ")[0] for one in found_by(RETRIES, {"a_dag.py": GROUPED})]
    assert found == [
        "wait",
        "wait_{name}_again",
        "wait_{name}",
        "wait_%s_%d",
        "wait_{}_b",
        "wait_for_each",
    ]


def test_unknown_ids_are_told_by_line(found_by):
    (hangs,) = found_by(HANGS, {"a_dag.py": SOURCE})
    assert hangs.message == "a run of <line 5> that hangs is never ended"
    (retries,) = found_by(RETRIES, {"a_dag.py": SOURCE})
    assert retries.message == "<line 6> retries 60 times: it counts as failed after 5h of waiting at least"


def test_a_task_that_a_helper_makes_is_told_with_its_dag(tmp_path):
    (tmp_path / "helper.py").write_text(
        "from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator as Query\n"
        "def load():\n    return Query(task_id='load', sql='SELECT 1')\n",
        encoding="utf-8",
    )
    path = tmp_path / "sales.py"
    path.write_text(
        "from airflow import DAG\nimport helper\nwith DAG('sales'):\n    helper.load()\n", "utf-8"
    )
    (one,) = Reader([RETRIED]).examined(path, Options(), path.read_bytes()).findings
    assert one.message.startswith("load of sales talks to")
