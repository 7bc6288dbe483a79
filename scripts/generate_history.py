"""Fill an empty PostgreSQL database with a made-up history of Airflow 3.3, of any size.

    python scripts/generate_history.py postgresql+psycopg://user@host/db --task-instances 5000000

200 DAGs of 25 tasks in five layers; runs follow one another so that about 60 task instances run at a time,
three pools fill up now and then, one in fifty tries is a second one. The tables have Airflow's columns and
indexes as far as a history reader meets them. Durations come from a seeded generator: the same size gives
the same rows.
"""

from __future__ import annotations

import argparse
import json
import time

import sqlalchemy as sa

DAGS, TASKS, LAYER = 200, 25, 5

_COMMON = """
    task_id varchar(250) NOT NULL, dag_id varchar(250) NOT NULL, run_id varchar(250) NOT NULL,
    map_index integer NOT NULL DEFAULT -1, start_date timestamptz, end_date timestamptz, duration float,
    state varchar(20), try_number integer, max_tries integer, hostname varchar(1000), unixname varchar(1000),
    pool varchar(256) NOT NULL, pool_slots integer NOT NULL, queue varchar(256), priority_weight integer,
    operator varchar(1000), custom_operator_name varchar(1000), scheduled_dttm timestamptz,
    queued_dttm timestamptz, queued_by_job_id integer, pid integer, executor varchar(1000),
    executor_config bytea, updated_at timestamptz, dag_version_id uuid
"""

TABLES = f"""
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('d2f4e1b3c5a7');
CREATE TABLE slot_pool (id serial PRIMARY KEY, pool varchar(256) UNIQUE, slots integer, description text,
    include_deferred boolean NOT NULL);
CREATE TABLE dag (dag_id varchar(250) PRIMARY KEY, is_paused boolean, is_stale boolean, fileloc varchar(2000),
    max_active_tasks integer NOT NULL, max_active_runs integer, last_parse_duration float,
    has_task_concurrency_limits boolean NOT NULL);
CREATE TABLE dag_version (id uuid PRIMARY KEY, dag_id varchar(250), version_number integer NOT NULL,
    UNIQUE (dag_id, version_number));
CREATE TABLE serialized_dag (id uuid PRIMARY KEY, dag_id varchar(250) NOT NULL, data json,
    data_compressed bytea, dag_version_id uuid UNIQUE NOT NULL);
CREATE TABLE job (id serial PRIMARY KEY, state varchar(20), job_type varchar(30), start_date timestamptz,
    end_date timestamptz, latest_heartbeat timestamptz, hostname varchar(500));
CREATE INDEX idx_job_type_heart ON job (job_type, latest_heartbeat);
CREATE TABLE dag_run (id serial PRIMARY KEY, dag_id varchar(250) NOT NULL, run_id varchar(250) NOT NULL,
    queued_at timestamptz, logical_date timestamptz, start_date timestamptz, end_date timestamptz,
    state varchar(50), run_type varchar(50) NOT NULL, run_after timestamptz NOT NULL, backfill_id integer,
    created_at timestamptz, last_scheduling_decision timestamptz, UNIQUE (dag_id, run_id));
CREATE TABLE task_instance (id uuid PRIMARY KEY, {_COMMON}, last_heartbeat_at timestamptz,
    UNIQUE (dag_id, task_id, run_id, map_index));
CREATE TABLE task_instance_history (task_instance_id uuid PRIMARY KEY, {_COMMON},
    UNIQUE (dag_id, task_id, run_id, map_index, try_number));
CREATE TABLE task_reschedule (id serial PRIMARY KEY, ti_id uuid NOT NULL, start_date timestamptz NOT NULL,
    end_date timestamptz NOT NULL, duration integer NOT NULL, reschedule_date timestamptz NOT NULL);
"""  # noqa: S608 - made of constants

INDEXES = """
CREATE INDEX idx_dag_run_run_after ON dag_run (run_after);
CREATE INDEX idx_dag_run_dag_id ON dag_run (dag_id);
CREATE INDEX dag_id_state ON dag_run (dag_id, state);
CREATE INDEX ti_dag_run ON task_instance (dag_id, run_id);
CREATE INDEX ti_dag_state ON task_instance (dag_id, state);
CREATE INDEX ti_state ON task_instance (state);
CREATE INDEX ti_state_lkp ON task_instance (dag_id, task_id, run_id, state);
CREATE INDEX ti_pool ON task_instance (pool, state, priority_weight);
CREATE INDEX idx_tih_dag_run ON task_instance_history (dag_id, run_id);
CREATE INDEX idx_task_reschedule_ti_id_id_desc ON task_reschedule (ti_id, id DESC);
ANALYZE
"""

RUNS = """
INSERT INTO dag_run (dag_id, run_id, queued_at, logical_date, start_date, end_date, state, run_type,
    run_after)
SELECT 'dag_' || to_char(n %% :dags, 'FM000'), 'scheduled__' || (timestamptz '2026-01-01' + n * every),
       at, at, at + interval '0.4 s', at + interval '600 s', 'success', 'scheduled', at
FROM (SELECT n, every, timestamptz '2026-01-01 00:00+00' + n * every AS at
      FROM generate_series(0, :runs - 1) AS n, (SELECT interval '26 s' AS every) AS pace) AS moments
"""

_ROW = """
    SELECT t.task, r.dag_id, r.run_id, t.pool, t.slots, t.weight, r.start_date AS run_start, layer,
           random() AS a, random() AS b, random() AS c
    FROM dag_run AS r, (
        SELECT n / :layer AS layer, 'task_' || to_char(n, 'FM00') AS task, 1 + (n = 7)::int AS slots,
               :tasks - n AS weight,
               CASE WHEN n %% 5 = 2 THEN 'db' WHEN n %% 5 = 3 THEN 'api' ELSE 'default_pool' END AS pool
        FROM generate_series(0, :tasks - 1) AS n) AS t
"""

TRIES = f"""
INSERT INTO task_instance (id, task_id, dag_id, run_id, start_date, end_date, duration, state, try_number,
    max_tries, hostname, unixname, pool, pool_slots, queue, priority_weight, operator, scheduled_dttm,
    queued_dttm, updated_at, executor)
SELECT gen_random_uuid(), task, dag_id, run_id, started, started + span * interval '1 s', span,
       CASE WHEN a < 0.01 THEN 'failed' ELSE 'success' END, 1 + (b < 0.02)::int, 2,
       'worker-' || (c * 8)::int, 'airflow', pool, slots, 'default', weight,
       CASE layer WHEN 0 THEN 'BashOperator' ELSE 'PythonOperator' END, ready, started - interval '0.1 s',
       started, ''
FROM (SELECT *, ready + (c * 8) * interval '1 s' + interval '0.2 s' AS started, 20 + b * 80 AS span
      FROM (SELECT *, run_start + layer * interval '110 s' + a * interval '0.9 s' AS ready
            FROM ({_ROW}) AS drawn) AS readied) AS timed
"""  # noqa: S608 - made of constants

HISTORY = """
INSERT INTO task_instance_history (task_instance_id, task_id, dag_id, run_id, start_date, end_date, duration,
    state, try_number, max_tries, hostname, pool, pool_slots, queue, priority_weight, operator,
    scheduled_dttm, queued_dttm)
SELECT gen_random_uuid(), task_id, dag_id, run_id, start_date - interval '90 s', end_date - interval '120 s',
       duration, 'failed', 1, 2, hostname, pool, pool_slots, queue, priority_weight, operator,
       scheduled_dttm - interval '91 s', queued_dttm - interval '90 s'
FROM task_instance WHERE try_number = 2
"""


def graph(dag_id: str) -> str:
    """Return the serialized form of one DAG: each layer after the whole layer before it."""
    names = [f"task_{n:02d}" for n in range(TASKS)]
    tasks = []
    for n, name in enumerate(names):
        later = (n // LAYER + 1) * LAYER
        fields = {"task_id": name, "retries": 1, "retry_delay": 30.0}
        fields["downstream_task_ids"] = names[later : later + LAYER]
        if n == 11:  # noqa: PLR2004 - one task has a limit of its own
            fields["max_active_tis_per_dag"] = 2
        tasks.append({"__type": "operator", "__var": fields})
    return json.dumps({"__version": 3, "dag": {"dag_id": dag_id, "tasks": tasks}})


def _dags(connection: sa.engine.Connection) -> None:
    for n in range(DAGS):
        dag_id = f"dag_{n:03d}"
        values = {"dag": dag_id, "data": graph(dag_id), "cap": 4 if n % 10 == 0 else 16}
        for text in (
            "INSERT INTO dag VALUES (:dag, false, false, '/dags/a.py', :cap, 16, 0.2, true)",
            "INSERT INTO dag_version VALUES (gen_random_uuid(), :dag, 1)",
            """INSERT INTO serialized_dag SELECT id, dag_id, :data, NULL, id
               FROM dag_version WHERE dag_id = :dag""",
        ):
            connection.execute(sa.text(text), values)
    connection.execute(
        sa.text(
            "INSERT INTO slot_pool (pool, slots, description, include_deferred)"
            " VALUES ('default_pool', 128, '', false), ('db', 14, '', false), ('api', 13, '', false)"
        )
    )


def generate(url: str, task_instances: int) -> None:
    """Create the tables in the empty database at `url` and fill them."""
    engine = sa.create_engine(url)
    sizes = {"dags": DAGS, "tasks": TASKS, "layer": LAYER, "runs": max(task_instances // TASKS, 1)}
    with engine.begin() as connection:
        connection.exec_driver_sql(TABLES)
        connection.exec_driver_sql("SELECT setseed(0.5)")
        _dags(connection)
        for text in (RUNS, TRIES, HISTORY):
            connection.execute(sa.text(text.replace("%%", "%")), sizes)
        connection.exec_driver_sql(INDEXES)
    engine.dispose()


def main() -> None:
    """Read the flags and fill the database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--task-instances", type=int, default=5_000_000)
    flags = parser.parse_args()
    begin = time.perf_counter()
    generate(flags.url, flags.task_instances)
    print(f"{flags.task_instances} task instances in {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
