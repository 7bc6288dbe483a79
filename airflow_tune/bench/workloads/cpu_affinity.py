"""Whether it helps to bind processes to CPUs, one each, and what it costs to bind all of them to one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from airflow_tune.bench.kit.answer import Found, times
from airflow_tune.bench.kit.crew import Cpus, crew
from airflow_tune.bench.kit.levels import whole_cores
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.bench.workloads.cpu_python import piece
from airflow_tune.suite.model import Curve, WorkloadResult

_FREE, _BOUND, _ONE = "free", "one CPU each", "one CPU for all"


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what has one process for each core do its piece, bound as the variant says."""
    workers, cpus = int(order.scale), sorted(os.sched_getaffinity(0))
    bound: dict[str, list[Cpus]] = {
        _FREE: [None] * workers,
        _BOUND: [frozenset({cpus[place % len(cpus)]}) for place in range(workers)],
        _ONE: [frozenset({cpus[0]})] * workers,
    }
    with crew("processes", [piece] * workers, bound[str(order.parameters["binding"])]) as go:
        yield go


def _variants(wishes: Wishes) -> Sequence[Variant]:
    workers = max(whole_cores(wishes.cores), 2)
    return [Variant(name, {"binding": name}, workers) for name in (_FREE, _BOUND, _ONE)]


def _lacks(wishes: Wishes) -> str:  # noqa: ARG001 - it is the system that decides
    return "" if hasattr(os, "sched_setaffinity") else "this system has no sched_setaffinity"


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have((_FREE, _BOUND, _ONE)):
        return ""
    loss = (
        "binding all to one CPU, as `taskset` before a pool does, costs nothing while the others are taken"
        if found.same(_FREE, _ONE) or found[_ONE] < found[_FREE]
        else "bound to one CPU, as `taskset` before a pool does, they take"
        f" {times(found[_ONE] / found[_FREE])} as long"
    )
    if not found.same(_FREE, _BOUND) and found[_BOUND] < found[_FREE]:
        return f"Each process on a CPU of its own is {found.faster(_FREE, _BOUND)} here; {loss}."
    gain = "gains nothing" if found.same(_FREE, _BOUND) else f"makes it {found.faster(_FREE, _BOUND)}"
    return f"Binding each process to a CPU {gain} here: leave it to the kernel; {loss}."


WORKLOAD = Workload(
    name="cpu-affinity",
    question="Does it help to bind each process to a CPU?",
    unit="piece",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_FREE,
    lacks=_lacks,
)
