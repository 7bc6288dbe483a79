"""Metadata DBs of every schema that is read, small, made with plain SQL."""

# ruff: noqa: E501 - a row of a table stands on one line

from __future__ import annotations

import importlib.util
import json
import zlib
from pathlib import Path

import pytest
import sqlalchemy as sa

GENERATOR = Path(__file__).parents[2] / "scripts" / "generate_history.py"


@pytest.fixture(scope="session")
def generate():
    """The function that fills an empty database with a made-up history."""
    spec = importlib.util.spec_from_file_location("generate_history", GENERATOR)
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    return generator.generate


GRAPH_2 = {
    "__version": 1,
    "dag": {
        "_dag_id": "etl",
        "tasks": [
            {"__type": "operator", "__var": {"task_id": "load", "downstream_task_ids": []}},
            {
                "__type": "operator",
                "__var": {
                    "task_id": "get",
                    "downstream_task_ids": ["load"],
                    "retries": 3,
                    "retry_delay": 10.0,
                    "max_active_tis_per_dag": 2,
                },
            },
        ],
    },
}

TABLES_2 = """
CREATE TABLE dag_run (id INTEGER PRIMARY KEY, dag_id TEXT, run_id TEXT, state TEXT, run_type TEXT,
    execution_date TIMESTAMP, queued_at TIMESTAMP, start_date TIMESTAMP, end_date TIMESTAMP);
CREATE TABLE task_instance (task_id TEXT, dag_id TEXT, run_id TEXT, map_index INTEGER, start_date TIMESTAMP,
    end_date TIMESTAMP, state TEXT, try_number INTEGER, hostname TEXT, pool TEXT, pool_slots INTEGER, queue TEXT,
    priority_weight INTEGER, operator TEXT, queued_dttm TIMESTAMP);
CREATE TABLE slot_pool (id INTEGER PRIMARY KEY, pool TEXT, slots INTEGER, include_deferred BOOLEAN);
CREATE TABLE dag (dag_id TEXT, max_active_tasks INTEGER, max_active_runs INTEGER, is_paused BOOLEAN);
CREATE TABLE serialized_dag (dag_id TEXT, data TEXT, data_compressed BLOB);
CREATE TABLE task_reschedule (id INTEGER PRIMARY KEY, task_id TEXT, dag_id TEXT, run_id TEXT, map_index INTEGER,
    reschedule_date TIMESTAMP);
"""

ROWS_2 = """
INSERT INTO dag_run VALUES
    (1, 'etl', 'old', 'success', 'scheduled', '2026-01-01', '2026-01-01', '2026-01-01 00:00:01', '2026-01-01 01:00:00'),
    (2, 'etl', 'new', 'running', 'manual', '2026-03-01', '2026-03-01', '2026-03-01 00:00:01', NULL),
    (3, 'other', 'new', 'running', 'manual', '2026-03-02', '2026-03-02', '2026-03-02 00:00:01', NULL);
INSERT INTO task_instance VALUES
    ('get', 'etl', 'old', -1, '2026-01-01 00:00:03', '2026-01-01 00:00:09', 'success', 1, 'w1', 'p', 2, 'default', 5,
     'PythonOperator', '2026-01-01 00:00:02.5'),
    ('get', 'etl', 'new', -1, '2026-03-01 00:00:03', '2026-03-01 00:00:09', 'success', 1, 'w1', 'p', 2, 'default', 5,
     'PythonOperator', '2026-03-01 00:00:02'),
    ('load', 'etl', 'new', -1, NULL, NULL, 'queued', 1, '', 'gone', 1, 'default', NULL,
     'PythonOperator', '2026-03-01 00:00:10'),
    ('extra', 'etl', 'new', -1, '2026-03-01 00:00:05', '2026-03-01 00:00:06', 'scheduled', 2, 'w2', 'p', 1, 'default',
     1, NULL, '2026-03-01 00:00:04'),
    ('x', 'other', 'new', -1, NULL, NULL, NULL, 0, NULL, 'p', 1, NULL, 1, NULL, NULL);
INSERT INTO slot_pool VALUES (1, 'p', 4, 0);
INSERT INTO dag VALUES ('etl', 16, 1, 1);
INSERT INTO task_reschedule VALUES
    (1, 'get', 'etl', 'new', -1, '2026-03-01 00:00:01'), (2, 'get', 'etl', 'new', -1, '2026-03-01 00:00:02');
"""


def run_all(connection, text):
    for statement in text.strip().rstrip(";").split(";\n"):
        connection.exec_driver_sql(statement)


@pytest.fixture
def connection():
    """An empty SQLite DB."""
    engine = sa.create_engine("sqlite://", future=True)
    with engine.connect() as found:
        yield found
    engine.dispose()


@pytest.fixture
def airflow_2(connection):
    """A metadata DB with the columns of Airflow 2.7, its serialized DAG compressed."""
    run_all(connection, TABLES_2)
    run_all(connection, ROWS_2)
    packed = zlib.compress(json.dumps(GRAPH_2).encode())
    connection.execute(
        sa.text("INSERT INTO serialized_dag VALUES ('etl', NULL, :packed)"), {"packed": packed}
    )
    connection.exec_driver_sql("INSERT INTO serialized_dag VALUES ('other', 'no json', NULL)")
    return connection
