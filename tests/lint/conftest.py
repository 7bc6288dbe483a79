from __future__ import annotations

import json
import re
from datetime import datetime, timezone

import pytest

from airflow_tune.dags.project import Project
from airflow_tune.dags.reader import read_tree
from airflow_tune.dags.source import parse
from airflow_tune.installation.pools_file import read_pools
from airflow_tune.lint.check import check_project, examine
from airflow_tune.lint.project import Knowledge, ProjectRule
from airflow_tune.lint.subject import Subject
from airflow_tune.settings.load import load_settings
from airflow_tune.versions import AirflowVersion

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
VERSION = AirflowVersion("3.3.2")


@pytest.fixture
def subject(tmp_path):
    """Make a subject of a source."""

    def make(text, name="a_dag.py"):
        file = str(tmp_path / name)
        tree = parse(text.encode())
        return Subject(file, text, tree, read_tree(tree, file, Project(tmp_path)))

    return make


@pytest.fixture
def knowledge(tmp_path):
    """Make what comments at the top of a source say is known, such as `# pools: {"db": {"slots": 4}}`."""

    def make(text):
        said = dict(re.findall(r"^# (pools|version|settings): (.+)$", text, re.MULTILINE))
        version = AirflowVersion(said["version"]) if "version" in said else None
        pools = settings = None
        if "pools" in said:
            path = tmp_path / "pools.json"
            path.write_text(said["pools"], encoding="utf-8")
            pools = read_pools(path)
        if "settings" in said:
            env = {"AIRFLOW_HOME": str(tmp_path), **json.loads(said["settings"])}
            settings = load_settings(version=version or VERSION, home=tmp_path, cfg=None, env=env)
        return Knowledge(NOW, version, pools, settings)

    return make


@pytest.fixture
def found_by(subject, knowledge):
    """Run one rule of either kind over sources by file name, of which the first says what is known."""

    def run(rule, sources):
        subjects = [subject(text, name) for name, text in sources.items()]
        assert [one.graph.error for one in subjects] == [None] * len(subjects)
        whole = isinstance(rule, ProjectRule)
        examined = [examine(one, [] if whole else [rule]) for one in subjects]
        known = knowledge(next(iter(sources.values())))
        return check_project(examined, known, [rule] if whole else [])

    return run
