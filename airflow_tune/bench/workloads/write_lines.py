"""How many lines to gather before they are handed to a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from airflow_tune.bench.kit.knee import knee_answer
from airflow_tune.bench.kit.records import lines
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload, steps
from airflow_tune.suite.model import Curve, WorkloadResult


def _write(path: Path, rows: Sequence[str], size: int) -> None:
    """Write line by line for a size of 1, else gather so many and hand them over together."""
    with path.open("w", encoding="utf-8") as file:
        if size == 1:
            for row in rows:
                file.write(row)
            return
        gathered: list[str] = []
        for row in rows:
            gathered.append(row)
            if len(gathered) >= size:
                file.writelines(gathered)
                gathered.clear()
        file.writelines(gathered)


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what writes all lines to a new file."""
    path, size = order.folder / "rows.csv", int(order.parameters["lines_per_write"])
    rows = lines(int(order.scale))
    yield lambda: _write(path, rows, size)


def _variants(wishes: Wishes) -> Sequence[Variant]:
    quick = wishes.length is Length.QUICK
    sizes, scale = ([1, 100, 1_000], 5_000) if quick else ([1, 10, 100, 1_000, 10_000], 20_000)
    return steps("lines_per_write", sizes, "lines", scale)


def _answer(result: WorkloadResult) -> str:
    return knee_answer(result, "lines a write", "line by line")


WORKLOAD = Workload(
    name="write-lines",
    question="How many lines should be gathered before they are written to a file?",
    unit="line",
    curve=Curve.BATCH,
    variants=_variants,
    answer=_answer,
    axis="lines_per_write",
    reference="1 line",
)
