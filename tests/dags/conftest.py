from __future__ import annotations

import textwrap

import pytest

from airflow_tune.dags.project import Project
from airflow_tune.dags.reader import read_file

HEAD = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.decorators import dag, setup, task, task_group, teardown
from airflow.models.baseoperator import chain, chain_linear, cross_downstream
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.utils.edgemodifier import Label
from airflow.utils.task_group import TaskGroup
"""


@pytest.fixture
def read(tmp_path):
    """Read one DAG file with the usual imports; `files` are written beside it."""

    def reader(source, files=(), head=HEAD):
        folder = tmp_path / "dags"
        for name, text in dict(files).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        folder.mkdir(exist_ok=True)
        path = folder / "a_dag.py"
        path.write_text(head + textwrap.dedent(source), encoding="utf-8")
        return read_file(path, Project(folder))

    return reader


@pytest.fixture
def graph(read):
    """Read one DAG file that holds one DAG and return that."""

    def reader(source, files=()):
        found = read(source, files)
        assert found.error is None, found.error
        (dag,) = found.dags
        return dag

    return reader
