"""Measure what Airflow's own processes cost here: the numbers of `airflow_tune/footprints.py`.

    python scripts/measure_footprints.py --python AIRFLOW_VENV/bin/python --db postgresql+psycopg2://…
        [--async-db postgresql+asyncpg://…] [--executor CeleryExecutor --broker redis://127.0.0.1:PORT/0]
        [--seconds 30] > result.json

Starts each component of the Airflow found beside `--python` in a throw-away AIRFLOW_HOME, on loopback
ports, against the empty metadata DB given; reads /proc/PID/smaps_rollup of every process; ends what it
started. Takes about `2 * seconds + 150` seconds and gives up on what does not come within minutes. Each
run wants a fresh metadata DB. The measuring interpreter needs psutil only. Printed: one JSON object,
memory in bytes, CPU in seconds, by phase and process title.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from process_cost import READINGS, cpu, memory, spent

FIRST_WITH_API_SERVER = 3
RUNNING = 4  # parallelism, Celery concurrency and the number of sleeping tasks
SHORT = 40  # tasks of the CPU phase
PORT = 18473

TASKS = f"""
import time
from datetime import datetime
from airflow import DAG
try:
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.python import PythonOperator

def wait(seconds):
    time.sleep(seconds)

def dag(name, count, seconds):
    with DAG(name, schedule="@once", start_date=datetime(2024, 1, 1), catchup=False) as made:
        for n in range(count):
            PythonOperator(task_id=f"t{{n}}", python_callable=wait, op_args=[seconds])
    return made

warm = dag("fp_warm", 3 * {RUNNING}, 1)
short = dag("fp_short", {SHORT}, 0)
sleepers = dag("fp_sleep", {RUNNING}, SECONDS)
"""
SLOW_PARSE = """
import time
from airflow import DAG
time.sleep(8)
slow = DAG("fp_parse", schedule=None)
"""
STATES = """
import json, os, sys
import sqlalchemy as sa
engine = sa.create_engine(os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
query = sa.text("SELECT state, count(*) FROM task_instance WHERE dag_id = :dag GROUP BY state")
with engine.connect() as connection:
    print(json.dumps({str(state): n for state, n in connection.execute(query, {"dag": sys.argv[1]})}))
"""
BARE = "import psutil, {}; p = psutil.Process(); print(p.memory_info().rss, sum(p.cpu_times()[:2]))"


def environment(home: Path, args: argparse.Namespace) -> dict[str, str]:
    """Return the environment of every component: a closed world in `home`."""
    options = {
        "core.executor": args.executor,
        "core.parallelism": RUNNING,
        "core.load_examples": False,
        "core.dags_folder": home / "dags",
        "core.dags_are_paused_at_creation": True,
        "core.hostname_callable": "socket.gethostname",
        "core.simple_auth_manager_all_admins": True,
        "core.execution_api_server_url": f"http://127.0.0.1:{PORT}/execution/",
        "database.sql_alchemy_conn": args.db,
        "database.sql_alchemy_conn_async": args.async_db,
        "scheduler.standalone_dag_processor": True,
        "scheduler.min_file_process_interval": 3,
        "dag_processor.min_file_process_interval": 3,
        "api.port": PORT,
        "api.host": "127.0.0.1",
        "api.secret_key": "x" * 64,
        "api_auth.jwt_secret": "x" * 64,
        "webserver.secret_key": "x" * 64,
        "webserver.workers": 2,
        "workers.min_heartbeat_interval": 1,
        "workers.execution_api_timeout": 60,  # a busy host is slow, not broken
        "celery.broker_url": args.broker,
        "celery.result_backend": f"db+{args.db}",
        "celery.worker_concurrency": RUNNING,
        "usage_data_collection.enabled": False,
    }
    made = {f"AIRFLOW__{key.replace('.', '__', 1).upper()}": str(v) for key, v in options.items() if v != ""}
    # Without its bytecode on disk, Airflow would compile its modules in every process.
    unwanted = ("AIRFLOW", "PYTHONDONTWRITEBYTECODE")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(unwanted)}
    return inherited | made | {"AIRFLOW_HOME": str(home), "PYTHONPATH": ""}


def components(major: int, executor: str) -> dict[str, list[str]]:
    """Return the command line of each component of this generation, by name."""
    worker = {"worker": ["celery", "worker", "--skip-serve-logs"]} if "Celery" in executor else {}
    loopback = ["--port", str(PORT), "--workers", "2"]
    server = (
        {"api-server": ["api-server", "--host", "127.0.0.1", *loopback]}
        if major >= FIRST_WITH_API_SERVER
        else {"webserver": ["webserver", "--hostname", "127.0.0.1", *loopback]}
    )
    return server | {
        "scheduler": ["scheduler", "--skip-serve-logs"],
        "dag-processor": ["dag-processor"],
        "triggerer": ["triggerer", "--skip-serve-logs"],
        **worker,
    }


def stop(process: subprocess.Popen[bytes]) -> None:
    """End `process` and what it started, by id."""
    with contextlib.suppress(psutil.NoSuchProcess):
        started = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        for child in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
    process.wait(20)


@contextlib.contextmanager
def running(
    cli: Path, home: Path, env: dict[str, str], commands: dict[str, list[str]]
) -> Iterator[dict[str, int]]:
    """Start the components and give their process ids by name; end them all on leaving."""
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (home / f"{name}.log").open("wb") as log:
                started[name] = subprocess.Popen([cli, *command], env=env, stdout=log, stderr=log, cwd=home)
        yield {name: process.pid for name, process in started.items()}
    finally:
        for process in started.values():
            stop(process)


def states(args: argparse.Namespace, env: dict[str, str], dag: str) -> dict[str, int]:
    """Return how many task instances of `dag` are in which state."""
    command = [args.python, "-c", STATES, dag]
    return dict(json.loads(subprocess.check_output(command, env=env, timeout=60)))


def wait_for(args: argparse.Namespace, env: dict[str, str], dag: str, wanted: tuple[str, int]) -> None:
    """Wait until at least so many task instances of `dag` are in this state; give up after 120 s."""
    last = time.monotonic() + 120
    while states(args, env, dag).get(wanted[0], 0) < wanted[1]:
        if time.monotonic() > last:
            sys.exit(f"{dag}: {states(args, env, dag)} instead of {wanted} after 120 s")
        time.sleep(1)


def wait_until_served() -> None:
    """Wait until the API server or webserver answers anything; give up after 180 s."""
    last = time.monotonic() + 180
    while time.monotonic() < last:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/")
            connection.getresponse()
            return
        time.sleep(1)
    sys.exit(f"nothing answers on port {PORT} after 180 s")


def phases(args: argparse.Namespace, env: dict[str, str], pids: dict[str, int]) -> dict[str, Any]:
    """Return memory and CPU of the phases: idle, short tasks, sleeping tasks."""
    cli = Path(args.python).with_name("airflow")

    def start(dag: str) -> None:
        subprocess.run([cli, "dags", "unpause", dag], env=env, check=True, capture_output=True, timeout=90)

    wait_until_served()
    time.sleep(20)  # the DAG files are parsed, the executor's processes started
    start("fp_warm")
    wait_for(args, env, "fp_warm", ("success", 3 * RUNNING))
    time.sleep(8)
    result: dict[str, Any] = {}
    before, clock = cpu(pids), time.monotonic()
    result["idle"] = {"memory": memory(pids, args.seconds / READINGS), "cpu": spent(before, cpu(pids))}
    result["idle"]["seconds"] = time.monotonic() - clock
    start("fp_short")
    before, clock = cpu(pids), time.monotonic()
    wait_for(args, env, "fp_short", ("success", SHORT))
    time.sleep(6)
    result["short"] = {"cpu": spent(before, cpu(pids)), "seconds": time.monotonic() - clock, "tasks": SHORT}
    start("fp_sleep")
    wait_for(args, env, "fp_sleep", ("running", RUNNING))
    time.sleep(4)
    before, clock = cpu(pids), time.monotonic()
    result["running"] = {"memory": memory(pids, args.seconds / READINGS), "cpu": spent(before, cpu(pids))}
    result["running"]["seconds"] = time.monotonic() - clock
    return result


def bare_import(args: argparse.Namespace, env: dict[str, str]) -> dict[str, float]:
    """Return memory and CPU of a process that did `import airflow` and of one that loaded its models."""
    found: dict[str, float] = {}
    for name, modules in (("import", "airflow"), ("models", "airflow.models.dagbag")):
        command = [args.python, "-W", "ignore", "-c", BARE.format(modules)]
        rss, seconds = subprocess.check_output(command, env=env, text=True, timeout=90).split()[-2:]
        found |= {f"{name}_rss": int(rss), f"{name}_cpu_s": float(seconds)}
    return found


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Measure one executor in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="footprints-") as made:
        home = Path(made)
        (home / "dags").mkdir()
        (home / "dags" / "tasks.py").write_text(TASKS.replace("SECONDS", str(args.seconds + 40)))
        (home / "dags" / "slow_parse.py").write_text(SLOW_PARSE)
        env = environment(home, args)
        cli = Path(args.python).with_name("airflow")
        version = subprocess.check_output([cli, "version"], env=env, text=True, timeout=90).split()[-1]
        subprocess.run([cli, "db", "migrate"], env=env, check=True, capture_output=True, timeout=180)
        with running(cli, home, env, components(int(version[0]), args.executor)) as pids:
            found = phases(args, env, pids)
        return found | {"airflow": version, "bare": bare_import(args, env)}


def main() -> None:
    """Parse flags, measure, print JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", required=True)
    parser.add_argument("--db", required=True)
    parser.add_argument("--async-db", default="")
    parser.add_argument("--broker", default="")
    parser.add_argument("--executor", default="LocalExecutor")
    parser.add_argument("--seconds", type=int, default=30)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    host = {"python": platform.python_version(), "machine": platform.machine(), "kernel": platform.release()}
    json.dump({"measured_with": host, "executor": args.executor, **measure(args)}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
