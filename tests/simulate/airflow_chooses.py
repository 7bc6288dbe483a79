"""Runs beside a real Airflow: writes states into its metadata DB and asks its scheduler which it would queue.

    python airflow_chooses.py STATES.json CHOICES.json

The environment names a fresh metadata DB and two executors.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import uuid
from pathlib import Path

from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.models import DagModel, DagRun, Pool, TaskInstance
from airflow.models.serialized_dag import SerializedDagModel
from airflow.utils import db
from airflow.utils.session import create_session
from sqlalchemy import delete, update

try:
    from airflow.models.dag_version import DagVersion
    from airflow.models.dagbundle import DagBundleModel
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import LazyDeserializedDAG

    IS_3 = True
except ImportError:
    from airflow import DAG
    from airflow.operators.bash import BashOperator

    IS_3 = False

UTC = dt.timezone.utc
BEGIN = dt.datetime(2026, 1, 1, tzinfo=UTC)


def build(dag_id, tasks):
    with DAG(dag_id, schedule=None, start_date=BEGIN) as dag:
        for task_id, (per_dag, per_run) in tasks.items():
            BashOperator(
                task_id=task_id,
                bash_command="true",
                max_active_tis_per_dag=per_dag,
                max_active_tis_per_dagrun=per_run,
            )
    return dag


def write_dags(dags):
    """Write all DAGs as the DAG processor does; return the id of each one's version (3.x)."""
    built = [build(*item) for item in dags.items()]
    if not IS_3:
        with create_session() as session:
            DAG.bulk_write_to_db(built, session=session)
            for dag in built:
                SerializedDagModel.write_dag(dag, session=session)
        return {}

    with create_session() as session:
        session.add(DagBundleModel(name="states"))
        session.flush()
        lazy = [LazyDeserializedDAG.from_dag(dag) for dag in built]
        SerializedDAG.bulk_write_to_db("states", None, lazy, session=session)
        session.flush()
        for one in lazy:
            SerializedDagModel.write_dag(one, bundle_name="states", session=session)
        session.flush()
        return {version.dag_id: version.id for version in session.query(DagVersion)}


def write_state(session, state, versions):
    for model in (TaskInstance, DagRun, Pool):
        session.execute(delete(model))
    session.execute(
        Pool.__table__.insert(),
        [
            {"pool": name, "slots": slots, "include_deferred": deferred}
            for name, (slots, deferred) in state["pools"].items()
        ],
    )
    for dag_id, (most, paused) in state["dags"].items():
        session.execute(
            update(DagModel)
            .where(DagModel.dag_id == dag_id)
            .values(max_active_tasks=most, is_paused=paused, has_task_concurrency_limits=True)
        )
    session.execute(DagRun.__table__.insert(), [run_row(*run, versions) for run in state["runs"]])
    session.execute(TaskInstance.__table__.insert(), [ti_row(*ti, versions) for ti in state["tis"]])


def run_row(dag_id, run_id, state, minutes, versions):
    date = BEGIN + dt.timedelta(minutes=minutes)
    row = {"dag_id": dag_id, "run_id": run_id, "state": state, "run_type": "manual"}
    if IS_3:
        row |= {"logical_date": date, "run_after": date, "created_dag_version_id": versions[dag_id]}
    else:
        row |= {"execution_date": date, "clear_number": 0}
    return row | {"data_interval_start": date, "data_interval_end": date}


def ti_row(dag_id, run_id, task_id, map_index, state, pool, slots, weight, executor, versions):
    row = {
        "dag_id": dag_id, "run_id": run_id, "task_id": task_id, "map_index": map_index, "state": state,
        "pool": pool, "pool_slots": slots, "priority_weight": weight, "executor": executor,
        "queue": "default",
        "try_number": 1, "max_tries": 0, "hostname": "", "unixname": "airflow", "operator": "BashOperator",
        "executor_config": {}, "custom_operator_name": "",
    }  # fmt: skip
    if IS_3:
        row |= {"id": uuid.uuid4(), "dag_version_id": versions[dag_id]}
    return row


def choices(states, versions):
    job = Job()
    job.job_type = "SchedulerJob"
    with create_session() as session:
        session.add(job)
        session.commit()
        session.refresh(job)
        session.expunge(job)
        runner = SchedulerJobRunner(job=job)
        executors = runner.executors if IS_3 else job.executors
        for state in states:
            write_state(session, state, versions)
            session.flush()
            for executor, free in zip(executors, state["free"], strict=True):
                executor.parallelism = 1000
                executor.running = set(range(1000 - free))
            ask = runner._executable_task_instances_to_queued
            chosen = ask(max_tis=state["max_tis"], session=session)
            yield [[ti.dag_id, ti.run_id, ti.task_id, ti.map_index] for ti in chosen]
            session.rollback()
            session.expunge_all()


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text())
    db.initdb()
    Path(sys.argv[2]).write_text(json.dumps(list(choices(asked["states"], write_dags(asked["dags"])))))
