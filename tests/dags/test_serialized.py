"""DAGs as real Airflows 2.11.2 and 3.3.2 serialized them, against the file that they are of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflow_tune.dags.model import FileGraph
from airflow_tune.dags.reader import read_file
from airflow_tune.dags.serialized import document_of, serialized_dag
from airflow_tune.dags.verification import against_serialized

FOLDER = Path(__file__).parent.parent / "fixtures" / "serialized"
VERSIONS = ("2.11", "3.3")


@pytest.fixture
def dag():
    return lambda version: serialized_dag(document_of((FOLDER / f"airflow-{version}.json").read_text()), "db")


@pytest.mark.parametrize("version", VERSIONS)
def test_all_that_is_serialized_is_read(dag, version):
    read = dag(version)
    assert (read.dag_id, read.complete) == ("s", True)
    assert [(edge.upstream, edge.downstream) for edge in read.edges] == [("g.a", "s"), ("s", "m")]
    assert read.arguments["max_active_tasks"] == 3
    assert read.arguments["max_active_runs"] == 2
    assert read.arguments["dagrun_timeout"] == 7200
    assert read.arguments["schedule"] in ("@daily", "0 0 * * *")
    assert read.arguments["catchup"] is False
    a, s, m = sorted(read.tasks, key=lambda task: ("g.a", "s", "m").index(task.key))
    assert (a.operator, a.group, a.mapped) == ("BashOperator", "g", False)
    assert (m.operator, m.mapped) == ("@task", True)
    assert [task.argument("pool") for task in (a, s, m)] == ["db"] * 3
    assert (a.argument("pool_slots"), s.argument("pool_slots")) == (2, 1)
    assert (a.argument("queue"), s.argument("queue")) == ("big", "default")
    assert (a.argument("weight_rule"), a.argument("priority_weight")) == ("absolute", 5)
    assert (a.argument("execution_timeout"), a.argument("max_retry_delay")) == (300, 3600)
    assert (m.argument("trigger_rule"), m.argument("max_active_tis_per_dag")) == ("all_done", 4)
    assert (a.argument("mode"), s.argument("mode")) == (None, "reschedule")
    assert [task.argument("retries") for task in (a, s, m)] == [2, 2, 2]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_file_says_the_same(dag, version):
    graph = read_file(FOLDER / "source.py")
    found = against_serialized([graph], FileGraph("db", (dag(version),)))
    assert [(one.dag_id, one.same, one.arguments) for one in found.differences] == [("s", True, ())]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_argument_that_differs_is_told(dag, version, tmp_path):
    text = (
        (FOLDER / "source.py")
        .read_text()
        .replace('queue="big"', 'queue="small"')
        .replace("minutes=5", "minutes=6")
    )
    (tmp_path / "source.py").write_text(text)
    found = against_serialized([read_file(tmp_path / "source.py")], FileGraph("db", (dag(version),)))
    assert [sorted(one.arguments) for one in found.wrong] == [
        ["g.a.execution_timeout: read 360.0, serialized 300.0", "g.a.queue: read small, serialized big"]
    ]


@pytest.mark.parametrize("data", [b"", "{", "[]", '{"dag": 1}', json.dumps({"dag": {"tasks": [{}]}})])
def test_what_is_no_serialized_dag_is_refused(data):
    with pytest.raises(ValueError, match="no serialized DAG"):
        serialized_dag(document_of(data), "db")
