"""Over all fixtures: fixes leave Python with the same DAGs and tasks, and nothing for a second time."""

from __future__ import annotations

import shutil
from datetime import datetime, timezone
from pathlib import Path

import pytest

from airflow_tune.dags.reader import read_file
from airflow_tune.lint.catalog import BUILT_IN
from airflow_tune.lint.project import Knowledge
from airflow_tune.linter.config import Config
from airflow_tune.linter.config_file import Configs
from airflow_tune.linter.fix import Fixer
from airflow_tune.linter.request import Request
from airflow_tune.linter.run import run

FIXTURES = Path(__file__).parent.parent / "fixtures" / "lint"
ADDED = {"join"}
"""Tasks that a fix makes: one between two levels that are fully related."""
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def mended(path):
    """Apply all fixes to a file; return whether anything changed."""
    request = Request([path], BUILT_IN, Configs(BUILT_IN, Config()), Knowledge(NOW))
    changes = list(Fixer(request, lambda found: found, unsafe=True).fixed(run(request).findings))
    for one in changes:
        one.write()
    return bool(changes)


def declared(path):
    graph = read_file(path)
    tasks = [
        (str(dag.dag_id), [task.key for task in dag.tasks if task.key not in ADDED]) for dag in graph.dags
    ]
    return graph.error, tasks


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.glob("*.py")))
def test_fixes_keep_dags_and_tasks_and_leave_nothing_for_a_second_time(tmp_path, name):
    path = Path(shutil.copy(FIXTURES / name, tmp_path))
    before = declared(path)
    if mended(path):
        assert path.read_text("utf-8") != (FIXTURES / name).read_text("utf-8")
        assert declared(path) == before
        assert not mended(path)


def test_there_are_fixes_to_try(tmp_path):
    fixed = [path.stem for path in FIXTURES.glob("*.py") if mended(Path(shutil.copy(path, tmp_path)))]
    assert {"AFT203", "AFT308", "AFT406", "AFT609", "AFT703", "AFT705", "AFT801", "AFT213"} <= set(fixed)
