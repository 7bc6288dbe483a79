"""The bench runs on the workers of a real Airflow 3.3.2, through its API server."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application

pytestmark = pytest.mark.airflow
if importlib.util.find_spec("airflow") and importlib.metadata.version("apache-airflow").startswith("2"):
    pytest.skip("Airflow 3 has this API", allow_module_level=True)

CELERY = (sys.executable, "-m", "airflow", "celery", "worker")
COMPONENTS = ("api-server", "scheduler", "dag-processor")


def tune(*args, env=None):
    found = CliRunner().invoke(application(), [str(arg) for arg in args], env=env)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


def measured(airflow, tmp_path, *queues):
    """Write the DAG, wait until Airflow knows it, measure, and return the document."""
    named = [part for queue in queues for part in ("--queue", queue)] or ["--slots", "2"]
    tune("bench", "fleet", "write", *named, "-o", airflow.home / "dags" / "bench.py")
    airflow.wait("the API server", airflow.answers)
    airflow.login()
    known = airflow.wait(
        "the DAG", lambda: [dag["dag_id"] for dag in airflow.asked("GET", "/api/v2/dags")["dags"]]
    )
    assert known == ["airflow_tune_bench"]
    result = tmp_path / "fleet.json"
    done = tune(
        *("bench", "fleet", "run", "--api", airflow.url, "--only", "cpu-python", "--format", "json"),
        *("--timeout", "10m", "-o", result),
        env={"AIRFLOW_TUNE_API_TOKEN": airflow.token},
    )
    assert done.exit_code in (0, 1), airflow.told()
    return json.loads(result.read_text(encoding="utf-8"))


def test_on_local_executor(real_airflow, tmp_path):
    airflow = real_airflow(CORE__PARALLELISM="2")
    airflow.start(*COMPONENTS)
    fleet = measured(airflow, tmp_path)
    assert fleet["schema"] == "airflow-tune/bench-fleet/1"
    assert [(one["slot"], one["state"], one["trouble"]) for one in fleet["slots"]] == [
        (0, "success", ""),
        (1, "success", ""),
    ]
    assert len({one["host"] for one in fleet["slots"]}) == 1
    values = [one["suite"]["workloads"][0]["variants"][0]["values_s"] for one in fleet["slots"]]
    assert all(any(value and value > 0 for value in each) for each in values)


@pytest.fixture
def redis(tmp_path):
    """A Redis of one's own on a port of its own."""
    program = shutil.which("redis-server")
    if program is None or importlib.util.find_spec("airflow.providers.celery") is None:
        pytest.skip("there is no Redis, or no Celery, here")
    import socket  # noqa: PLC0415

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


def worker(airflow, left, queue, port):
    """Start a worker of one queue, whose log is closed with `left`."""
    return subprocess.Popen(
        [*CELERY, "-q", queue, "-c", "1", "-H", f"{queue}@%h"],
        env={**airflow.env, "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(port)},
        cwd=airflow.home,
        stdout=left.enter_context((airflow.home / f"worker-{queue}.log").open("ab")),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def end(process):
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()


@pytest.mark.skipif("AIRFLOW_TUNE_THOROUGH" not in os.environ, reason="takes two Celery workers and minutes")
def test_on_celery_with_two_queues(real_airflow, redis, postgres_url, tmp_path):
    database = postgres_url("airflow").replace("+psycopg:", "+psycopg2:")
    airflow = real_airflow(
        CORE__EXECUTOR="CeleryExecutor",
        CELERY__BROKER_URL=redis,
        CELERY__RESULT_BACKEND=f"db+{database}",
        DATABASE__SQL_ALCHEMY_CONN=database,
    )
    airflow.start(*COMPONENTS)
    with contextlib.ExitStack() as left:
        for number, queue in enumerate(("default", "big")):
            left.callback(end, worker(airflow, left, queue, 9000 + number))
        fleet = measured(airflow, tmp_path, "default=1", "big=1")
    assert sorted((one["queue"], one["state"]) for one in fleet["slots"]) == [
        ("big", "success"),
        ("default", "success"),
    ]
