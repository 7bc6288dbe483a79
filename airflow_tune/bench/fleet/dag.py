"""The DAG file that measures a fleet: for each queue one mapped task, one task instance for each slot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Template

from airflow_tune import __version__
from airflow_tune.errors import UsageError

DAG_ID = "airflow_tune_bench"
TASK = "measure"
MOST_SLOTS = 512
"""Slots of all queues: each is a process that measures for a minute."""

TEXT = Template('''"""Measures the workers of this Airflow: one task instance for each slot of each queue.

Written by airflow-tune $version (`airflow-tune bench fleet write`). Nothing runs until it is triggered, which
`airflow-tune bench fleet run` does; it is safe to remove. airflow-tune has to be installed where tasks run.
"""

from datetime import datetime, timedelta

try:
    from airflow.sdk import dag, get_current_context, task
except ImportError:
    from airflow.decorators import dag, task
    from airflow.operators.python import get_current_context

# Slots to measure at a time, by queue.
QUEUES = $queues


@task(retries=0, execution_timeout=timedelta(minutes=45))
def measure(slot):
    """Run the bench in a process of its own; return where it ran and what it found, compressed."""
    import base64
    import os
    import socket
    import subprocess
    import sys
    import tempfile
    import zlib

    conf = get_current_context()["dag_run"].conf or {}
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "suite.json")
        command = [sys.executable, "-m", "airflow_tune", "bench", "--format", "json", "--output", result]
        command += map(str, conf.get("options", ["--quick"]))
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        if not os.path.exists(result):
            print(done.stderr)
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            raise RuntimeError(f"airflow-tune bench ended with {done.returncode}: {said[-1]}")
        with open(result, "rb") as file:
            packed = base64.b85encode(zlib.compress(file.read(), 9)).decode()
    return {"host": socket.gethostname(), "slot": slot, "suite": packed}


@dag(
    dag_id="$dag_id",
    schedule=None,
    start_date=datetime(2020, 1, 1),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=2),
    tags=["airflow-tune"],
)
def bench():
    """Measure all queues at the same time, as they are busy at the same time."""
    for number, (queue, slots) in enumerate(sorted(QUEUES.items())):
        named = measure.override(task_id=f"measure_{number}", queue=queue) if queue else measure
        named.expand(slot=list(range(slots)))


bench()
''')


def dag_text(queues: Mapping[str, int]) -> str:
    """Return the DAG file for so many slots of each queue; the queue "" is that of the installation."""
    told = "{" + ", ".join(f"{name!r}: {slots}" for name, slots in sorted(queues.items())) + "}"
    return TEXT.substitute(version=__version__, queues=told, dag_id=DAG_ID)


def parse_queues(given: list[str], slots: int) -> dict[str, int]:
    """Return the slots of each queue of `--queue NAME=SLOTS`; `slots` where none is named.

    Raises UsageError for what is no such pair, and where the slots are none or too many.
    """
    found = dict(_queue(one) for one in given) if given else {"": slots}
    if not 0 < sum(found.values()) <= MOST_SLOTS or min(found.values()) < 1:
        raise UsageError(
            f"a fleet is measured on 1 to {MOST_SLOTS} slots",
            where=f"{sum(found.values())} slots",
            remedy="name as many slots as the workers of a queue have together, or fewer",
        )
    return found


def _queue(text: str) -> tuple[str, int]:
    name, _, slots = text.rpartition("=")
    if not re.fullmatch(r"[\w.:-]+", name) or not slots.isdecimal():
        raise UsageError(
            "this is no queue with its slots", where=f"--queue {text}", remedy="write it as default=16"
        )
    return name, int(slots)
