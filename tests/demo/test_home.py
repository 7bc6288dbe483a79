"""The shipped home is laid out whole, never over something, and is what a real Airflow understands."""

from __future__ import annotations

import ast
import configparser
import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_tune.demo.home import CONFIG, DAGS, DEPLOYMENT, lay_out
from airflow_tune.diagnose.consistency.checks import inconsistencies
from airflow_tune.errors import UsageError
from airflow_tune.installation.read import read_installation
from airflow_tune.installation.sources import Sources

SHIPPED = Path(importlib.util.find_spec("airflow_tune.demo").origin).parent / "home"
DAG_IDS = {"ledger_close", "marketing_report", "partner_files", "sales_daily", "stock_sync"}


def tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


@pytest.mark.parametrize("made", [True, False], ids=["empty-folder", "no-folder-yet"])
def test_the_home_is_laid_out_whole(tmp_path, made):
    target = tmp_path / "deep" / "home"
    if made:
        target.mkdir(parents=True)
    assert lay_out(target) == target
    assert tree(target) == tree(SHIPPED)
    assert {CONFIG, DEPLOYMENT, DAGS} <= {path.name for path in target.iterdir()}


def test_nothing_is_laid_over_what_is_there(tmp_path):
    (tmp_path / "airflow.cfg").write_text("[core]\n")
    with pytest.raises(UsageError) as caught:
        lay_out(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: the folder for the demo is not empty\n"
        "  → name a folder that is empty or does not exist yet"
    )
    assert tree(tmp_path) == {"airflow.cfg": b"[core]\n"}


@pytest.mark.parametrize(
    ("inside", "why"),
    [("file", "Not a directory"), ("file/below", "Not a directory")],
    ids=["file", "below-file"],
)
def test_a_place_that_cannot_hold_it_is_refused(tmp_path, inside, why):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as caught:
        lay_out(tmp_path / inside)
    assert str(caught.value) == (
        f"{tmp_path / inside}: the demo could not be laid out here: {why}\n"
        "  → name a folder that you may write to"
    )


def test_every_dag_file_is_python():
    files = sorted((SHIPPED / DAGS).glob("*.py"))
    assert len(files) == len(DAG_IDS)
    assert all(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) for path in files)


def test_the_settings_can_be_parsed_and_hold_comments_that_people_wrote():
    text = (SHIPPED / CONFIG).read_text(encoding="utf-8")
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    assert parser["core"]["parallelism"] == "512"
    assert text.count("\n# ") >= 8


def test_it_makes_the_mistakes_that_it_is_for(tmp_path):
    home = lay_out(tmp_path / "home")
    installation = read_installation(
        Sources(airflow_home=home, deployment=home / DEPLOYMENT, airflow_version="3.3.2", env={})
    )
    found = inconsistencies(installation)
    assert {one.name for one in found} == {
        "autoscale-cannot-scale",
        "concurrency-over-memory",
        "connections-exceed-server",
        "parallelism-below-fleet",
        "version-changed-meaning",
    }
    assert sum("silently ignores" in one.message for one in found) == 5


AIRFLOW_3 = importlib.util.find_spec("airflow") is not None and importlib.metadata.version(
    "apache-airflow"
).startswith("3.")
needs_airflow_3 = pytest.mark.skipif(not AIRFLOW_3, reason="the demo is an Airflow 3 installation")


@pytest.fixture(scope="module")
def airflow_env(tmp_path_factory):
    """Return the environment of the demo beside a metadata DB that Airflow migrated."""
    home = lay_out(tmp_path_factory.mktemp("demo") / "home")
    env = os.environ | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / DAGS),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
    }
    run_airflow(env, "db", "migrate")
    return env


def run_airflow(env, *words):
    program = Path(sys.executable).with_name("airflow")
    done = subprocess.run([program, *words], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


PARSE = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
with open(sys.argv[2], "w") as answer:
    json.dump({"errors": bag.import_errors, "dags": sorted(bag.dags)}, answer)
"""


@pytest.mark.airflow
@needs_airflow_3
def test_airflow_parses_every_dag(airflow_env, tmp_path):
    answer = tmp_path / "answer.json"
    folder = airflow_env["AIRFLOW__CORE__DAGS_FOLDER"]
    command = [sys.executable, "-W", "ignore", "-c", PARSE, folder, str(answer)]
    done = subprocess.run(command, env=airflow_env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(answer.read_text()) == {"errors": {}, "dags": sorted(DAG_IDS)}


@pytest.mark.airflow
@needs_airflow_3
@pytest.mark.parametrize(
    ("section", "option", "effective"),
    [
        pytest.param("core", "parallelism", "512", id="taken"),
        pytest.param("api", "workers", "8", id="old-section-honoured"),
        pytest.param("dag_processor", "parsing_processes", "2", id="old-section-ignored"),
        pytest.param("scheduler", "task_instance_heartbeat_timeout", "300", id="old-name-ignored"),
    ],
)
def test_airflow_takes_of_the_settings_what_the_demo_is_about(airflow_env, section, option, effective):
    said = run_airflow(airflow_env, "config", "get-value", section, option)
    assert said.strip().splitlines()[-1] == effective
