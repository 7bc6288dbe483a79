"""`simulate` as a user runs it, on a real history of Airflow 3.3.2."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application
from airflow_tune.errors import UsageError

HISTORY = Path(__file__).parents[1] / "fixtures" / "histories" / "E1" / "metadata.sqlite"
CFG = "[core]\nexecutor = LocalExecutor\nparallelism = {}\n"


@pytest.fixture
def db(tmp_path):
    # A copy, because reading leaves SQLite's own files beside it.
    return shutil.copy(HISTORY, tmp_path / "metadata.sqlite")


@pytest.fixture
def simulate(tmp_path, db):
    def run(*args, parallelism=8):
        (tmp_path / "airflow.cfg").write_text(CFG.format(parallelism), encoding="utf-8")
        source = ("--db", f"sqlite:///{db}", "--since", "36500d", "--airflow-home", str(tmp_path))
        found = CliRunner().invoke(application(), ["simulate", *source, "--seeds", "2", *args])
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found

    return run


def test_the_replay_stands_beside_what_happened(simulate):
    text = simulate().stdout
    assert "Model error: makespan" in text
    assert text.index(" observed ") < text.index(" replay ")
    assert max(map(len, text.splitlines())) <= 110
    assert "Mean wait\n" not in text


def test_scenarios_stand_beside_the_replay(simulate):
    text = simulate("--set", "core.parallelism=16", "--pool", "db_pool=8").stdout
    assert "core.parallelism=16 pool:db_pool=8" in text
    assert "█" in text


def test_json_holds_every_figure(simulate):
    found = json.loads(
        simulate("--sweep", "core.parallelism=4..16", "--load", "0.5", "--format", "json").stdout
    )
    assert found["schema"] == "airflow-tune/simulate/1"
    assert [one["changes"]["core.parallelism"] for one in found["scenarios"]] == ["4", "8", "16"]
    waits = [one["wait_s"]["mean"] for one in found["scenarios"]]
    assert waits == sorted(waits, reverse=True)
    one = found["baseline"]
    assert set(one["wait_s"]) == {"mean", "p50", "p95", "p99", "max"}
    assert len(one["dag_runs"]) == 14
    assert set(one["dag_runs"][0]) == {"dag_id", "run_id", "wait_s", "duration_s"}
    assert one["waits_by_limit"][0]["limit"] == "parallelism"
    assert one["confidence_half_width"]["makespan_s"] > 0
    assert abs(found["model_error"]["makespan_share"]) < 0.15


def test_the_same_seeds_give_the_same_bytes_whatever_runs_beside(simulate):
    asked = ("--set", "core.parallelism=12", "--format", "json")
    assert simulate(*asked, "--jobs", "1").stdout == simulate(*asked, "--jobs", "4").stdout


def test_what_could_never_run_is_named(simulate):
    text = simulate("--pool", "db_pool=1").stdout
    assert "can never run" in text
    assert "lab_pool.query_00 (1): it asks for 2 of the 1 slots of pool db_pool" in text


def test_a_past_that_the_model_does_not_explain_foretells_nothing(simulate):
    with pytest.raises(UsageError, match="8 task instances ran at once, more than the 2 slots"):
        simulate("--set", "core.parallelism=16", parallelism=2)
    assert "core.parallelism=16" in simulate("--set", "core.parallelism=16", "--force", parallelism=2).stdout
    assert "Model error" in simulate(parallelism=2).stdout


def test_an_unknown_option_is_refused_before_anything_is_played(simulate):
    with pytest.raises(UsageError, match=r"nothing called core\.paralelism"):
        simulate("--set", "core.paralelism=16")


def test_what_the_host_cannot_bear_is_a_risk(simulate):
    asked = ("--set", "core.parallelism=64", "--memory", "2GiB", "--cores", "64", "--format", "json")
    found = json.loads(simulate(*asked).stdout)
    (risk,) = found["scenarios"][0]["risks"]
    assert "of its 2 GiB of memory" in risk
    assert found["scenarios"][0]["peak_running"] > found["baseline"]["peak_running"] == 8
    assert "Risks" in simulate("--memory", "2GiB").stdout
    assert "Risks" not in simulate("--memory", "256GiB", "--cores", "64").stdout


def test_a_page_holds_every_scenario_and_needs_nothing_else(simulate):
    asked = ("--set", "core.parallelism=16", "--pool", "db_pool=1", "--format", "html")
    page = simulate(*asked, "--memory", "256GiB", "--cores", "64").stdout
    assert page.startswith("<!doctype html>")
    assert "core.parallelism=16 pool:db_pool=1" in page
    assert "<svg" in page
    assert "can never run: it asks for 2 of the 1 slots" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")


DAGS = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
with DAG("lab_wide", schedule="@daily"):
    BashOperator(task_id="known", bash_command="")
with DAG("fresh", schedule=None):
    [BashOperator(task_id=f"part_{n}", bash_command="") for n in range(4)]
"""


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "dags"
    found.mkdir()
    (found / "work.py").write_text(DAGS, encoding="utf-8")
    return found


def test_dags_that_the_history_does_not_know_are_played_beside_it(simulate, folder):
    found = json.loads(simulate("--dags", str(folder), "--pool", "db_pool=8", "--format", "json").stdout)
    assert [one["name"] for one in found["scenarios"]] == ["with 1 new DAG", "pool:db_pool=8"]
    alone, *with_it = found["baseline"], *found["scenarios"]
    assert alone["tries_finished"] + 4 == with_it[0]["tries_finished"] == with_it[1]["tries_finished"]
    assert abs(found["model_error"]["makespan_share"]) < 0.15
    assert "1 DAG modelled from files" in "".join(found["notes"])


def test_dags_are_played_without_any_history(tmp_path, folder):
    def run(*args):
        asked = ["simulate", "--dags", str(folder), "--airflow-home", str(tmp_path), "--seeds", "1", *args]
        found = CliRunner().invoke(application(), asked)
        assert found.exit_code == 0, found.output
        return found.stdout

    text = run()
    assert " ".join(text.split()).startswith(f"Played DAGs of {folder} (11 tries, 1 seed)")
    assert "Model error: unknown" in text
    assert " as set now " in text
    assert " observed " not in text
    found = json.loads(run("--span", "30d", "--dag", "fresh=every:1d", "--format", "json"))
    assert found["observed"] is found["model_error"] is None
    assert found["baseline"]["tries_finished"] == 30 + 4
    assert found["scenarios"][0]["tries_finished"] == 30 + 4 * 30
    assert "What would run, as the model plays it" in run("--format", "html")


def test_nothing_to_play_and_a_span_of_a_history_are_refused(simulate, folder):
    with pytest.raises(UsageError, match="--span is how long DAGs are played that have no history"):
        simulate("--dags", str(folder), "--span", "7d")
    found = CliRunner().invoke(application(), ["simulate", "--seeds", "1"])
    assert "there is nothing to play" in str(found.exception)


def test_work_shares_the_cores_of_its_host_where_asked(simulate):
    asked = ("--set", "core.parallelism=16", "--cores", "4", "--memory", "2GiB", "--format", "json")
    alone = json.loads(simulate(*asked).stdout)
    found = json.loads(simulate(*asked, "--contention").stdout)
    assert alone["baseline"]["sharing"] is None
    assert found["scenarios"][0]["sharing"]["longer_share"] > found["baseline"]["sharing"]["longer_share"]
    assert found["scenarios"][0]["makespan_s"] > alone["scenarios"][0]["makespan_s"]
    # What sharing took then is taken out before it is played again.
    assert abs(found["model_error"]["makespan_share"]) < 0.15
    memory, cores = found["scenarios"][0]["risks"]
    assert "of its 2 GiB of memory" in memory
    assert "work wants more than the 4 cores" in cores
