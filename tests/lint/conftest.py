from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from airflow_tune.dags.project import Project
from airflow_tune.dags.reader import read_tree
from airflow_tune.dags.source import parse
from airflow_tune.history.reader import read_history
from airflow_tune.installation.pools_file import read_pools
from airflow_tune.lint.check import check_project, examine
from airflow_tune.lint.options import Options
from airflow_tune.lint.project import Knowledge, ProjectRule
from airflow_tune.lint.subject import Subject
from airflow_tune.settings.load import load_settings
from airflow_tune.versions import AirflowVersion

TABLES = """
CREATE TABLE dag_run (id INTEGER PRIMARY KEY, dag_id TEXT, run_id TEXT, state TEXT, run_type TEXT,
    execution_date TIMESTAMP, queued_at TIMESTAMP, start_date TIMESTAMP, end_date TIMESTAMP);
CREATE TABLE task_instance (task_id TEXT, dag_id TEXT, run_id TEXT, map_index INTEGER, start_date TIMESTAMP,
    end_date TIMESTAMP, state TEXT, try_number INTEGER, hostname TEXT, pool TEXT, pool_slots INTEGER,
    queue TEXT, priority_weight INTEGER, operator TEXT, queued_dttm TIMESTAMP);
CREATE TABLE slot_pool (id INTEGER PRIMARY KEY, pool TEXT, slots INTEGER, include_deferred BOOLEAN);
CREATE TABLE dag (dag_id TEXT, max_active_tasks INTEGER, max_active_runs INTEGER, is_paused BOOLEAN);
CREATE TABLE serialized_dag (dag_id TEXT, data TEXT, data_compressed BLOB);
CREATE TABLE task_reschedule (id INTEGER PRIMARY KEY, task_id TEXT, dag_id TEXT, run_id TEXT,
    map_index INTEGER, reschedule_date TIMESTAMP);
"""
"""What of a metadata DB of Airflow 2 the history is read from."""
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
NONE = Options()
VERSION = AirflowVersion("3.3.2")


@pytest.fixture
def subject(tmp_path):
    """Make a subject of a source."""

    def make(text, name="a_dag.py"):
        file = str(tmp_path / name)
        tree = parse(text.encode())
        return Subject(file, text, tree, read_tree(tree, file, Project(tmp_path)), root=str(tmp_path))

    return make


@pytest.fixture
def knowledge(tmp_path):
    """Make what comments at the top of a source say is known, such as `# pools: {"db": {"slots": 4}}`."""

    def make(text):
        said = dict(re.findall(r"^# (pools|version|settings|history): (.+)$", text, re.MULTILINE))
        version = AirflowVersion(said["version"]) if "version" in said else None
        pools = settings = None
        if "pools" in said:
            path = tmp_path / "pools.json"
            path.write_text(said["pools"], encoding="utf-8")
            pools = read_pools(path)
        if "settings" in said:
            env = {"AIRFLOW_HOME": str(tmp_path), **json.loads(said["settings"])}
            settings = load_settings(version=version or VERSION, home=tmp_path, cfg=None, env=env)
        history = past(tmp_path / "past.sqlite", json.loads(said["history"])) if "history" in said else None
        return Knowledge(NOW, version, pools, settings, history)

    return make


def past(path, dags):
    """Return the history of a metadata DB made of runs, each task as its seconds of start-up and of work."""
    path.unlink(missing_ok=True)
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.connection.executescript(TABLES)
        for dag, facts in dags.items():
            for number in range(facts["count"]):
                fill(connection, dag, number, facts)
    with engine.connect() as connection:
        history = read_history(connection)
    engine.dispose()
    return history


def fill(connection, dag, number, facts):
    def after(seconds):
        return str(NOW.replace(tzinfo=None) + timedelta(hours=number, seconds=seconds))

    run = (dag, f"r{number}", after(0), after(0), after(0), after(facts["run_s"]))
    connection.exec_driver_sql(
        "INSERT INTO dag_run VALUES (NULL, ?, ?, 'success', 'scheduled', ?, ?, ?, ?)", run
    )
    for task, (wait_s, work_s) in facts["tasks"].items():
        row = (task, dag, f"r{number}", after(wait_s), after(wait_s + work_s), after(0))
        connection.exec_driver_sql(
            "INSERT INTO task_instance VALUES"
            " (?, ?, ?, -1, ?, ?, 'success', 1, 'w', 'default_pool', 1, 'default', 1, 'BashOperator', ?)",
            row,
        )


@pytest.fixture
def found_by(subject, knowledge):
    """Run one rule of either kind over sources by file name, of which the first says what is known."""

    def run(rule, sources, options=NONE):
        subjects = [replace(subject(text, name), options=options) for name, text in sources.items()]
        assert [one.graph.error for one in subjects] == [None] * len(subjects)
        whole = isinstance(rule, ProjectRule)
        examined = [examine(one, [] if whole else [rule]) for one in subjects]
        known = replace(knowledge(next(iter(sources.values()))), options=options)
        return check_project(examined, known, [rule] if whole else [])

    return run
