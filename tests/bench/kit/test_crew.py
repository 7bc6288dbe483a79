"""Workers do one piece each when told to, bound where asked, and end with the one who told them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from airflow_tune.bench.kit.crew import crew

# Forking is done in a process of its own: the one that runs the tests may have threads.
BOUND = """
import os, sys
from airflow_tune.bench.kit.crew import crew
def piece():
    assert len(os.sched_getaffinity(0)) == 1
cpus = [frozenset({min(os.sched_getaffinity(0))}), None]
with crew("processes", [piece], cpus) as go:
    go()
with crew("processes", [piece], cpus[1:]) as go:
    try:
        go()
    except RuntimeError as error:
        print("raised", len(os.sched_getaffinity(0)) == 1 or error)
"""
SLEEPING = """
import multiprocessing, time
from airflow_tune.bench.kit.crew import crew
with crew("processes", [lambda: time.sleep(60)] * 2) as go:
    print([one.pid for one in multiprocessing.active_children()], flush=True)
    go()
"""
DYING = """
import os
from airflow_tune.bench.kit.crew import crew
with crew("processes", [lambda: os._exit(3)]) as go:
    try:
        go()
    except RuntimeError as error:
        print(error)
"""


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def output(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_each_thread_does_its_own_piece_once_a_time():
    done = []
    with crew("threads", [lambda n=n: done.append(n) for n in range(5)]) as go:
        go()
        go()
    assert sorted(done) == sorted([*range(5)] * 2)


def test_a_piece_that_raises_is_told():
    with (
        crew("threads", [lambda: 1 / 0, lambda: 1]) as go,
        pytest.raises(RuntimeError, match="ZeroDivisionError"),
    ):
        go()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity here")
def test_a_process_is_bound_to_the_cpus_that_are_named():
    said = output(BOUND).strip()
    assert said == ("" if len(os.sched_getaffinity(0)) == 1 else "raised AssertionError()")


def test_a_worker_that_dies_is_told():
    assert output(DYING).strip() == "a worker process ended in the middle of its work"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel of Linux does it")
def test_workers_end_with_the_process_that_started_them():
    with subprocess.Popen([sys.executable, "-c", SLEEPING], stdout=subprocess.PIPE, text=True) as parent:
        children = json.loads(parent.stdout.readline())
        assert len(children) == 2
        parent.send_signal(signal.SIGKILL)
    last = time.monotonic() + 10
    while any(map(alive, children)) and time.monotonic() < last:
        time.sleep(0.02)
    assert not any(map(alive, children))
