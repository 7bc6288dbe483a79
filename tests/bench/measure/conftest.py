"""A workload of the tests' own, and runs of it that take a second."""

from __future__ import annotations

import pytest

from airflow_tune.bench.measure.effort import Budget
from airflow_tune.bench.measure.interrupt import Stop
from airflow_tune.bench.measure.plan import Plan
from airflow_tune.bench.measure.run import run
from airflow_tune.bench.workload import Length, Variant, Wishes, Workload
from airflow_tune.host import read_host
from airflow_tune.suite.model import Curve

MODULE = '''
"""A workload that does what its parameters say."""
import os, subprocess, sys, time
from contextlib import contextmanager
from pathlib import Path

@contextmanager
def prepare(order):
    do = order.parameters["do"]
    (order.folder / "laid-out").touch()
    if do == "refuse":
        raise OSError(28, os.strerror(28))
    if do == "leave":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    if do == "before":
        order.before = lambda: time.sleep(0.2)
    if do == "scale":
        order.scale = 10.0
    calls = []
    def call():
        calls.append(1)
        order.figures["calls_count"] = len(calls)
        if do == "raise":
            raise ValueError("no such customer")
        if do == "hang":
            time.sleep(60)
        if do == "die":
            print("so it ends", file=sys.stderr)
            os._exit(3)
        if do == "noise":
            print("x" * 200_000)
            sys.stderr.write("y" * 200_000)
        if do in ("sleep", "before"):
            time.sleep(0.005)
        if do == "scale":
            time.sleep(0.05)
    yield call

class WORKLOAD:
    @staticmethod
    def clean(wishes):
        Path(wishes.callable_root, "cleaned").touch()
        if wishes.callable:
            raise ValueError(wishes.callable)
'''
BUDGET = Budget(
    total_s=20.0, hard_s=25.0, sample_s=0.001, slice_s=0.002, least_rounds=2, most_rounds=2, most_samples=5
)


def _made(*doings, name="made", **more):
    return Workload(
        name=name,
        question="What does it take?",
        unit="call",
        curve=Curve.ALTERNATIVES,
        variants=lambda _: [Variant(do, {"do": do}) for do in doings],
        answer=lambda result: f"{len(result.variants)} ways.",
        home="made_workload",
        **more,
    )


@pytest.fixture
def made():
    """Return a function that makes a workload whose variants do what they are called."""
    return _made


@pytest.fixture
def budget():
    """The time of a run that is over in a second."""
    return BUDGET


@pytest.fixture
def measure(tmp_path, monkeypatch):
    """Return a function that measures workloads of MODULE, with its files below tmp_path/tmp."""
    (tmp_path / "made_workload.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "tmp").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))

    def measured(*workloads, budget=BUDGET, stop=None, told=None, timeout_s=None, **wishes):
        given = Wishes(Length.QUICK, callable_root=str(tmp_path), **wishes)
        plan = Plan(workloads, given, budget, timeout_s)
        return run(plan, read_host(), stop or Stop(), told or (lambda *_: None))

    return measured
