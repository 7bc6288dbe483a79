"""Workloads run for real in a process of their own, and the servers that some of them ask."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
import pytest

from airflow_tune.bench.catalog import workload
from airflow_tune.bench.workload import Length, Wishes

_SERVERS = runpy.run_path(str(Path(__file__).parents[2] / "metadata" / "conftest.py"))
short_directory, postgres, mariadb, postgres_url, mariadb_url = (
    _SERVERS[name] for name in ("short_directory", "postgres", "mariadb", "postgres_url", "mariadb_url")
)
# What the process that measures does, for each variant in turn: lay out, two calls, put away.
CHILD = """
import json, sys
from importlib import import_module
from pathlib import Path
from airflow_tune.bench.workload import Length, Order, Wishes
asked = json.load(sys.stdin)
wishes = Wishes(**{**asked["wishes"], "length": Length(asked["wishes"]["length"])})
module = import_module(asked["module"])
found = {}
for number, variant in enumerate(asked["variants"]):
    folder = Path(asked["folder"]) / str(number)
    folder.mkdir()
    order = Order(variant["parameters"], variant["scale"], folder, wishes)
    with module.prepare(order) as call:
        call()
        call()
    found[variant["name"]] = order.figures
print(json.dumps(found))
"""
GRACE_S = 5


@dataclass
class Ran:
    """What a workload left: figures by variant, what it complained of, its processes, and its files."""

    figures: dict
    complaint: str = ""
    processes: list = field(default_factory=list)
    files: list = field(default_factory=list)


def session_of(pid):
    """Return the command lines of what is alive in a session, after some time to end."""
    last = time.monotonic() + GRACE_S
    while True:
        alive = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, ProcessLookupError):
                if os.getsid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                    alive.append(process.cmdline())
        if not alive or time.monotonic() > last:
            return alive
        time.sleep(0.05)


@pytest.fixture
def run_workload():
    """Return a function that has each variant of a workload called twice in a fresh process."""

    def run(name, **wishes):
        one, given = workload(name), Wishes(Length.QUICK, **{"cores": 2.0, **wishes})
        with tempfile.TemporaryDirectory(prefix="tune-") as temporary, tempfile.TemporaryDirectory() as own:
            asked = {
                "module": one.module,
                "wishes": asdict(given),
                "variants": [asdict(variant) for variant in one.variants(given)],
                "folder": own,
            }
            process = subprocess.Popen(
                [sys.executable, "-c", CHILD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                env=os.environ | {"TMPDIR": temporary},
            )
            said, complaint = process.communicate(json.dumps(asked), timeout=300)
            return Ran(
                json.loads(said) if said else {},
                complaint,
                session_of(process.pid),
                [path.name for path in Path(temporary).iterdir() if path.name != "airflow-home"],
            )

    return run


@pytest.fixture(scope="session")
def redis_url(short_directory):
    """The URL of a Redis of this test run."""
    if not shutil.which("redis-server"):
        pytest.skip("no Redis here")
    socket = short_directory / "r.sock"
    command = [
        "redis-server",
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
        "--dir",
        str(short_directory),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            while not socket.exists() and server.poll() is None:
                time.sleep(0.05)
            yield f"unix://{socket}"
        finally:
            server.kill()  # nobody needs what it holds
