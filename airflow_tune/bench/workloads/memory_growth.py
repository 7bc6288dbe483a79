"""How memory grows from batch to batch while references are kept, and when they are let go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from weakref import WeakValueDictionary

from airflow_tune.bench.kit.answer import kept_figures
from airflow_tune.bench.kit.growth import growth_bytes, resident_bytes
from airflow_tune.bench.kit.records import Row, rows
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_bytes

_ROWS = 1_000
_KEPT_SHARE = 10
"""Of so many rows one is kept, so that the longest run stays within a few hundred MiB."""
_BATCHES = 5
_LEAST = 60
"""Batches that a slope is taken over, at least: memory comes from the system in steps of many."""
FIGURE = "growth_bytes"
_LEAK, _WEAK, _CLEAR = "references kept", "weak references", "let go"


class _Result:
    """A result that a weak reference can point to."""

    __slots__ = ("__weakref__", "rows")

    def __init__(self, found: Sequence[Row]) -> None:
        self.rows = found


class _Worker:
    """Works on batch after batch and remembers some of each, in the way that the variant says."""

    def __init__(self, way: str) -> None:
        self._way = way
        self._kept: list[_Result] = []
        self._weak: WeakValueDictionary[int, _Result] = WeakValueDictionary()
        self.seen: list[int] = []

    def work(self) -> None:
        """Work on some batches, noting the memory after each."""
        for _ in range(_BATCHES):
            number = len(self.seen)
            result = _Result(rows(_ROWS, number * _ROWS)[::_KEPT_SHARE])
            if self._way == _LEAK:
                self._kept.append(result)
            elif self._way == _WEAK:
                self._weak[number] = result
            self.seen.append(resident_bytes())


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what works on some batches; the growth by batch is in the figures after the last call."""
    worker = _Worker(str(order.parameters["results"]))
    yield worker.work
    while len(worker.seen) < _LEAST:
        worker.work()
    order.figures[FIGURE] = growth_bytes(worker.seen)


def _variants(wishes: Wishes) -> Sequence[Variant]:  # noqa: ARG001 - the same everywhere
    return [Variant(name, {"results": name}, _BATCHES) for name in (_LEAK, _WEAK, _CLEAR)]


def _answer(result: WorkloadResult) -> str:
    leak, clear = (kept_figures(result.variant(name), FIGURE) for name in (_LEAK, _CLEAR))
    if not leak or not clear:
        return ""
    from airflow_tune.bench.statistics.bootstrap import median_interval  # noqa: PLC0415 - brings numpy

    grows = median_interval(leak)
    low, middle, high = (format_bytes(one or 0) for one in (grows.low, grows.estimate, grows.high))
    still = format_bytes(median_interval(clear).estimate or 0)
    return (
        f"A reference kept to {_ROWS // _KEPT_SHARE} of {_ROWS:,} rows grows a process by"
        f" {middle} a batch ({low} to {high}), one let go by {still}: clear what each batch leaves, or keep"
        " weak references."
    )


WORKLOAD = Workload(
    name="memory-growth",
    question="How does the memory of a process grow from batch to batch when results are kept?",
    unit="batch",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_CLEAR,
)
