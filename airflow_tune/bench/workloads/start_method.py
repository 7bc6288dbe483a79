"""What a process pool costs before its first result, by the way that its processes are started."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from airflow_tune.bench.kit.answer import Found, times
from airflow_tune.bench.kit.levels import whole_cores
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

_METHODS = ("fork", "forkserver", "spawn")


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what starts a pool, has each process answer once, and ends it."""
    context = multiprocessing.get_context(str(order.parameters["method"]))
    workers = int(order.scale)

    def life_of_a_pool() -> None:
        with context.Pool(workers) as pool:
            pool.map(os.getpgid, [0] * workers, chunksize=1)

    yield life_of_a_pool


def _variants(wishes: Wishes) -> Sequence[Variant]:
    known = multiprocessing.get_all_start_methods()
    workers = whole_cores(wishes.cores)
    return [Variant(method, {"method": method}, workers) for method in _METHODS if method in known]


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have(("fork", "spawn")):
        return ""
    least = format_duration(found["spawn"])
    return (
        f"A pool costs {format_duration(found['fork'])} a process with fork and {least} with spawn"
        f" ({times(found['spawn'] / found['fork'])}): make one pool for the whole task, and none for work"
        f" that takes less than {least} a process."
    )


WORKLOAD = Workload(
    name="start-method",
    question="What does a process pool cost before its first result, with fork, forkserver and spawn?",
    unit="process",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference="fork",
    warm=False,
)
