from __future__ import annotations

import pytest

from airflow_tune.dags.project import Project
from airflow_tune.dags.reader import read_tree
from airflow_tune.dags.source import parse
from airflow_tune.lint.subject import Subject


@pytest.fixture
def subject(tmp_path):
    """Make a subject of a source."""

    def make(text):
        file = str(tmp_path / "a_dag.py")
        tree = parse(text.encode())
        return Subject(file, text, tree, read_tree(tree, file, Project(tmp_path)))

    return make
