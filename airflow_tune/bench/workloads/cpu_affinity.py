"""Whether it helps to bind processes to CPUs, one each, and what it costs to bind all of them to one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from airflow_tune.bench.kit.answer import costs, faster, have, same, times
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
    found = costs(result)
    if not have(found, (_FREE, _BOUND, _ONE)):
        return ""
    free, bound, one = found[_FREE], found[_BOUND], found[_ONE]
    loss = f"binding all to one CPU, as `taskset` before a pool does, makes them {times(one / free)} as long"
    if same(free, bound) or bound > free:
        gain = "gains nothing" if same(free, bound) else f"is {faster(free, bound)}"
        return f"Binding each process to a CPU {gain} here: leave it to the kernel; {loss}."
    return f"Binding each process to a CPU of its own is {faster(free, bound)} here; {loss}."


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
