"""What Airflow's own processes cost, by generation: measured, not guessed.

`scripts/measure_footprints.py` reproduces the figures. Memory is PSS: pages that processes share are
split between them, so the sum over all processes is what a host really holds. Each figure says how it
was measured, or that it was not.
"""

from __future__ import annotations

from typing import NamedTuple

from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind, assumed
from airflow_tune.versions import AirflowVersion

_MIB = 2**20
NEAR_DB_S = Measured(
    15e-6,
    Origin(
        OriginKind.MEASURED, "measured: PostgreSQL on the same host, by its socket and psycopg; 18 rounds"
    ),
)
"""The round trip with a metadata DB as near as where the loops were measured: `bench --only db-connect`."""


class Footprint(NamedTuple):
    """What Airflow's own processes take.

    Bytes are for one process, or for one that runs with what belongs to it:
    `scheduler_bytes` without executor workers; `dag_processor_bytes` without the process that parses,
    which is `parsing_process_bytes`; `triggerer_bytes` with its runner; `api_server_bytes` (3.x) or
    webserver (2.x) without its workers, each `api_worker_bytes`; `celery_worker_bytes` without pool
    processes, `celery_child_bytes` for each of those while idle; `local_worker_bytes` for each idle
    process of LocalExecutor; `task_process_bytes` for a slot with a running task that does nothing:
    the pool process and all that it starts; `import_bytes` is the RSS after `import airflow`;
    `task_peak_bytes` the peak RSS of a process that runs an empty task by `dag.test()`, as `bench
    --airflow-python` does: not what a slot takes, but what the same figure of another host is held against.

    `scheduler_statements` are those of one idle loop to the metadata DB, each a round trip that took
    NEAR_DB_S where loops were measured.

    CPU seconds: `scheduler_loop_s` for one idle loop, `task_cpu_s` in the task's own processes from
    start to end, `control_cpu_s_per_task` in scheduler and API server for that task,
    `api_cpu_s_per_task` and `api_cpu_s_per_heartbeat` in the API server alone (3.x; 0 in 2.x).

    Wall seconds: `scheduler_period_s` from one busy loop to the next, `first_task_s` that the first
    task of a new worker process takes longer, `slot_tail_s` that a slot stays taken after its task's end.
    """

    scheduler_bytes: Measured[int]
    dag_processor_bytes: Measured[int]
    parsing_process_bytes: Measured[int]
    triggerer_bytes: Measured[int]
    api_server_bytes: Measured[int]
    api_worker_bytes: Measured[int]
    celery_worker_bytes: Measured[int]
    celery_child_bytes: Measured[int]
    local_worker_bytes: Measured[int]
    task_process_bytes: Measured[int]
    import_bytes: Measured[int]
    task_peak_bytes: Measured[int]
    scheduler_loop_s: Measured[float]
    scheduler_statements: Measured[int]
    task_cpu_s: Measured[float]
    control_cpu_s_per_task: Measured[float]
    api_cpu_s_per_task: Measured[float]
    api_cpu_s_per_heartbeat: Measured[float]
    scheduler_period_s: Measured[float]
    first_task_s: Measured[float]
    slot_tail_s: Measured[float]


def footprint(version: AirflowVersion) -> Footprint:
    """Return the figures of the generation (2.x or 3.x) that `version` belongs to."""
    return _AIRFLOW_3 if version.api_serves_tasks else _AIRFLOW_2


def _memory(mib: float, airflow: str, note: str, figure: str = "PSS") -> Measured[int]:
    how = f"measured: Airflow {airflow}, CPython 3.11, median {figure} of 5 readings after warm-up; {note}"
    return Measured(round(mib * _MIB), Origin(OriginKind.MEASURED, how))


def _peak(mib: float, airflow: str) -> Measured[int]:
    how = f"measured: Airflow {airflow}, CPython 3.12, `bench --only airflow-start`, SQLite"
    return Measured(round(mib * _MIB), Origin(OriginKind.MEASURED, how))


def _statements(count: int, airflow: str) -> Measured[int]:
    how = f"measured: Airflow {airflow}, median between two looks for work, by the log of PostgreSQL; no DAGs"
    return Measured(count, Origin(OriginKind.MEASURED, how))


def _seconds(value: float, airflow: str, note: str) -> Measured[float]:
    return Measured(value, Origin(OriginKind.MEASURED, f"measured: Airflow {airflow}, CPython 3.11; {note}"))


def _unmeasured(value: float, why: str) -> Measured[float]:
    return Measured(value, assumed(why))


_IDLE = "idle for 30 s, PostgreSQL, 5 DAGs, scheduler_idle_sleep_time 1; CPU only, without waiting for the DB"
_SHORT = "40 empty tasks on 4 slots, idle CPU subtracted"

_AIRFLOW_3 = Footprint(
    scheduler_bytes=_memory(152, "3.3.2", "CeleryExecutor, so no worker processes share its pages"),
    dag_processor_bytes=_memory(95, "3.3.2", "while one process parses"),
    parsing_process_bytes=_memory(92, "3.3.2", "while it parses a small file"),
    triggerer_bytes=_memory(165, "3.3.2", "no triggers: main process 84 MiB and runner 81 MiB"),
    api_server_bytes=_memory(121, "3.3.2", "main process and resource tracker, api.workers 2"),
    api_worker_bytes=_memory(246, "3.3.2", "each of 2 uvicorn workers"),
    celery_worker_bytes=_memory(148, "3.3.2", "main process 66 MiB and its helper 82 MiB, 4 tasks running"),
    celery_child_bytes=_memory(82, "3.3.2", "each of 4 idle pool processes, after their first tasks"),
    local_worker_bytes=_memory(47, "3.3.2", "each of 4 idle processes, pages shared with the scheduler"),
    task_process_bytes=_memory(
        109, "3.3.2", "Celery pool process 53 MiB and task 56 MiB; with LocalExecutor they were 75 MiB"
    ),
    import_bytes=_memory(118, "3.3.2", "`import airflow` in a fresh process", "RSS"),
    task_peak_bytes=_peak(227, "3.3.2"),
    scheduler_loop_s=_seconds(0.018, "3.3.2", f"1.8 % of a core {_IDLE}"),
    scheduler_statements=_statements(34, "3.3.2"),
    task_cpu_s=_seconds(0.11, "3.3.2", f"LocalExecutor, worker 0.02 s and task 0.09 s; {_SHORT}"),
    control_cpu_s_per_task=_seconds(
        0.05, "3.3.2", f"API server 0.04 s, scheduler 0.01 s (0.03 s with Celery); {_SHORT}"
    ),
    api_cpu_s_per_task=_seconds(0.04, "3.3.2", f"{_SHORT}, the same for LocalExecutor and CeleryExecutor"),
    api_cpu_s_per_heartbeat=_seconds(
        0.0065, "3.3.2", "4 sleeping tasks, a heartbeat a second for 30 s, idle CPU subtracted"
    ),
    scheduler_period_s=_seconds(
        1.0, "3.3.2", "the longer end of medians of 0.6-1.0 s with 137 task instances, 2 cores"
    ),
    first_task_s=_seconds(4.0, "3.3.2", "imports of the first task of a worker process, 2 cores"),
    slot_tail_s=_seconds(
        1.7,
        "3.3.2",
        "mean of histories between 1.3 and 2.2 s: 25-43 % of the tasks held their slot for 5 s,"
        " as long as workers.min_heartbeat_interval",
    ),
)

_AIRFLOW_2 = Footprint(
    scheduler_bytes=_memory(200, "2.11.2", "CeleryExecutor, standalone DAG processor"),
    dag_processor_bytes=_memory(103, "2.11.2", "while one process parses; 187 MiB alone"),
    parsing_process_bytes=_memory(100, "2.11.2", "while it parses a small file"),
    triggerer_bytes=_memory(187, "2.11.2", "no triggers"),
    api_server_bytes=_memory(260, "2.11.2", "webserver's monitor 184 MiB and gunicorn's master 76 MiB"),
    api_worker_bytes=_memory(70, "2.11.2", "each of 2 gunicorn workers that served no page yet"),
    celery_worker_bytes=_memory(68, "2.11.2", "main process, 4 idle pool processes share its pages"),
    celery_child_bytes=_memory(62, "2.11.2", "each of 4 idle pool processes"),
    local_worker_bytes=_memory(38, "2.11.2", "each of 4 idle processes, pages shared with the scheduler"),
    task_process_bytes=_memory(
        132,
        "2.11.2",
        "Celery pool process 37 MiB, task supervisor 47 MiB and task runner 48 MiB;"
        " with LocalExecutor they were 107 MiB",
    ),
    import_bytes=_memory(150, "2.11.2", "`import airflow` in a fresh process", "RSS"),
    task_peak_bytes=_peak(179, "2.11.2"),
    scheduler_loop_s=_seconds(0.016, "2.11.2", f"1.6 % of a core {_IDLE}"),
    scheduler_statements=_statements(25, "2.11.2"),
    task_cpu_s=_seconds(0.26, "2.11.2", f"LocalExecutor, all processes that a task is run in; {_SHORT}"),
    control_cpu_s_per_task=_seconds(0.01, "2.11.2", f"scheduler, LocalExecutor; {_SHORT}"),
    api_cpu_s_per_task=_unmeasured(0.0, "tasks of 2.x do not pass the webserver"),
    api_cpu_s_per_heartbeat=_unmeasured(0.0, "heartbeats of 2.x go to the metadata DB"),
    scheduler_period_s=_unmeasured(1.0, "not measured for 2.x: the figure of Airflow 3.3.2"),
    first_task_s=_unmeasured(
        4.0, "not measured for 2.x: the figure of Airflow 3.3.2; importing takes as much CPU in both"
    ),
    slot_tail_s=_unmeasured(
        0.0, "not measured for 2.x: jobs/local_task_job_runner.py waits for the task's process itself"
    ),
)
