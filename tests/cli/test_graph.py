"""`graph`: drawings, other sources than files, and what `--verify` tells."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application
from airflow_tune.errors import UsageError

HISTORIES = Path(__file__).parent.parent / "fixtures" / "histories"
SALES = (
    "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\n"
    "with DAG('sales', schedule='@daily', catchup=False, max_active_runs=2) as dag:\n"
    "    a = BashOperator(task_id='a', bash_command='x')\n"
    "    a >> BashOperator.partial(task_id='b').expand(bash_command=['\"x\"'])\n"
)


@pytest.fixture
def tune():
    def run(*args):
        found = CliRunner().invoke(application(), [str(arg) for arg in args])
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found

    return run


@pytest.fixture
def sales(tmp_path):
    """A DAG folder with one DAG."""
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "sales.py").write_text(SALES, encoding="utf-8")
    return folder


@pytest.fixture
def python(tmp_path):
    """A program in the place of an Airflow's Python: it answers for the file whatever it is told to."""

    def answering(path, dags, errors=()):
        line = json.dumps({"file": str(path), "dags": dags, "errors": list(errors)})
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\ncat >/dev/null\ncat <<'END'\n{line}\nEND\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        return program

    return answering


def test_mermaid_and_dot_hold_every_task_and_edge(tune, sales):
    drawn = tune("graph", sales, "--format", "mermaid").stdout.splitlines()
    assert drawn[0] == "flowchart LR"
    assert '    d0t0["a"]' in drawn
    assert '    d0t1[["b"]]' in drawn
    assert "  d0t0 --> d0t1" in drawn
    drawn = tune("graph", sales, "--format", "dot").stdout
    assert '    d0t1 [label="b" peripheries=2];' in drawn
    assert "    d0t0 -> d0t1;" in drawn


def test_names_cannot_break_a_drawing(tune, sales):
    (sales / "sales.py").write_text(
        "from airflow import DAG\nimport elsewhere\nwith DAG('s\"]\\\\'): elsewhere.f()\n", encoding="utf-8"
    )
    assert '["s#34;#93;#92; (partial)"]' in tune("graph", sales, "--format", "mermaid").stdout
    assert 'label="s\\"]\\\\ (partial)"; style=dashed' in tune("graph", sales, "--format", "dot").stdout


def test_json_tells_what_decides_when_a_dag_runs(tune, sales):
    (dag,) = json.loads(tune("graph", sales, "--format", "json").stdout)["dags"]
    assert (dag["schedule"], dag["catchup"], dag["max_active_runs"]) == ("@daily", False, 2)
    assert dag["edges"] == [["a", "b"]]


def test_modules_are_imported_from_the_root_that_is_named(tune, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "names.py").write_text("NAMES = ['x']\n", encoding="utf-8")
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "d.py").write_text(
        "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\n"
        "from names import NAMES\nwith DAG('d'):\n    for name in NAMES: EmptyOperator(task_id=name)\n",
        encoding="utf-8",
    )
    (dag,) = json.loads(
        tune("graph", tmp_path / "jobs", "--root", tmp_path / "lib", "--format", "json").stdout
    )["dags"]
    assert [task["task_id"] for task in dag["tasks"]] == ["x"]


def test_airflow_of_the_same_mind(tune, sales, python):
    same = {"tasks": {"a": {}, "b": {}}, "edges": [["a", "b"]]}
    program = python(sales / "sales.py", {"sales": same})
    found = tune("graph", sales, "--verify", "--oracle", "airflow", "--airflow-python", program)
    assert found.exit_code == 0
    assert "1 DAGs compared, 1 read as complete, 0 tasks and dependencies invented" in found.stdout
    assert "100.00% of tasks, 100.00% of dependencies" in found.stdout


def test_airflow_of_another_mind_is_told_and_exits_with_1(tune, sales, python):
    program = python(sales / "sales.py", {"sales": {"tasks": {"a": {}, "c": {}}, "edges": []}})
    flags = ("--verify", "--oracle", "airflow", "--airflow-python", program)
    found = tune("graph", sales, *flags)
    assert found.exit_code == 1
    flat = " ".join(found.stdout.split())
    for part in ("missing tasks c", "invented tasks b", "invented edges a >> b"):
        assert part in flat
    found = json.loads(tune("graph", sales, *flags, "--format", "json").stdout)
    assert (found["invented_in_complete"], found["tasks_found_share"]) == (2, 0.5)
    assert found["different"][0]["invented_edges"] == [["a", "b"]]


def test_what_airflow_cannot_import_is_named(tune, sales, python):
    program = python(sales / "sales.py", {}, ["Traceback\nModuleNotFoundError: no 'x'"])
    found = tune("graph", sales, "--verify", "--oracle", "airflow", "--airflow-python", program)
    assert "Airflow cannot import it: ModuleNotFoundError: no 'x'" in " ".join(found.stdout.split())


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "graphs come from files"),
        (("--verify", "--db", "sqlite:////none.db"), "--verify compares files"),
        (("{dags}", "--verify"), "one other answer"),
        (("{dags}", "--oracle", "airflow"), "go together"),
        (("{dags}", "--oracle", "airflow", "--airflow-python", "p"), "--oracle is whom"),
        (("{dags}", "--root", "{dags}/none"), "no such folder"),
    ],
)
def test_flags_that_do_not_fit_together_are_refused(tune, sales, flags, said):
    with pytest.raises(UsageError, match=said):
        tune("graph", *(flag.format(dags=sales) for flag in flags))


def test_serialized_dags_are_shown_and_verified(tune, tmp_path):
    shutil.copy(HISTORIES / "E1" / "metadata.sqlite", tmp_path / "airflow.db")
    db = f"sqlite:///{tmp_path}/airflow.db"
    dags = json.loads(tune("graph", "--db", db, "--format", "json").stdout)["dags"]
    dag = next(one for one in dags if one["tasks"])
    assert len(dag["edges"]) == len(dag["edge_lines"])
    (tmp_path / "d.py").write_text(
        "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\n"
        f"with DAG({dag['dag_id']!r}):\n    EmptyOperator(task_id='of the file alone')\nn = DAG('new')\n",
        encoding="utf-8",
    )
    found = tune("graph", tmp_path / "d.py", "--verify", "--db", db, "--format", "json")
    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert told["only_read"] == ["new"]
    assert told["different"][0]["missing_tasks"] == sorted(task["task_id"] for task in dag["tasks"])
    assert told["different"][0]["invented_tasks"] == ["of the file alone"]


def test_the_api_shows_the_dags_that_the_db_shows(tune, tmp_path, stand_in, monkeypatch):
    server = stand_in("E1")
    monkeypatch.setenv("AIRFLOW_TUNE_API_TOKEN", "t-0")
    shutil.copy(HISTORIES / "E1" / "metadata.sqlite", tmp_path / "airflow.db")
    by_db, by_api = (
        json.loads(tune("graph", *source, "--format", "json").stdout)["dags"]
        for source in (("--db", f"sqlite:///{tmp_path}/airflow.db"), ("--api", server.url))
    )

    def told(dags):
        return sorted(
            (dag["dag_id"], sorted(task["task_id"] for task in dag["tasks"]), sorted(dag["edges"]))
            for dag in dags
        )

    assert told(by_api) == told(by_db)
    assert any(edges for _, _, edges in told(by_api))
