"""`recommend --objective` and `--optimize` as a user runs them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application
from airflow_tune.errors import UsageError

HISTORY = Path(__file__).parents[1] / "fixtures" / "histories" / "E1" / "metadata.sqlite"


@pytest.fixture
def db(tmp_path):
    # A copy, because reading leaves SQLite's own files beside it.
    return shutil.copy(HISTORY, tmp_path / "metadata.sqlite")


@pytest.fixture
def recommend(tmp_path, db):
    (tmp_path / "airflow.cfg").write_text(
        "[core]\nexecutor = LocalExecutor\nparallelism = 8\n", encoding="utf-8"
    )

    def run(*args, past=("--db", f"sqlite:///{db}", "--since", "36500d")):
        found = CliRunner().invoke(
            application(), ["recommend", "--airflow-home", str(tmp_path), *past, *args]
        )
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found.stdout

    return run


def test_a_search_tells_what_to_change_in_order(recommend):
    text = recommend("--objective", "mean-wait=12s")
    assert "1. core.parallelism=" in text
    assert "knee →" in text
    assert "changed, load × 2" in text


def test_a_search_in_json(recommend):
    found = json.loads(recommend("--objective", "mean-wait=12s", "--format", "json"))
    assert found["schema"] == "airflow-tune/optimum/1"
    assert found["objective"]["met"] is True
    assert found["changes"][0]["after_s"] <= 12


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--optimize", "workers"), "no workers of one kind"),
        (("--optimize", "slots", "--format", "env"), "not told as env"),
    ],
)
def test_what_cannot_be_searched_is_refused(recommend, args, told):
    with pytest.raises(UsageError, match=told):
        recommend(*args)


def test_a_search_needs_a_past(recommend):
    with pytest.raises(UsageError, match="there is nothing to play"):
        recommend("--optimize", "slots", past=())


def test_without_a_past_a_search_plays_what_files_declare(recommend, tmp_path):
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "one.py").write_text(
        "from airflow.sdk import DAG, task\n"
        "with DAG('one', schedule='0 */4 * * *', max_active_tasks=64):\n"
        "    for n in range(24):\n"
        "        @task(task_id=f't{n}')\n"
        "        def work(): ...\n"
        "        work()\n",
        encoding="utf-8",
    )
    text = recommend("--dags", str(tmp_path / "dags"), "--objective", "mean-wait=30s", past=())
    assert "Model error: unknown" in text
    assert "core.parallelism=" in text
