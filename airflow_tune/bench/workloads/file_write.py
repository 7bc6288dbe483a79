"""How large the buffer should be for writing a file line by line; the file stays in the page cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from airflow_tune.bench.kit.buffers import buffer_answer, buffers, mebibytes
from airflow_tune.bench.kit.records import lines
from airflow_tune.bench.workload import Call, Order, Workload
from airflow_tune.suite.model import Curve, WorkloadResult


def _write(path: Path, buffer: int, rows: Sequence[bytes]) -> None:
    with path.open("wb", buffering=buffer) as file:
        for row in rows:
            file.write(row)


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what writes so much to a file line by line with the buffer of the variant."""
    some = [line.encode() for line in lines(5_000)]
    each = sum(map(len, some)) / len(some)
    count = int(mebibytes(order.scale) / each)
    rows = (some * (count // len(some) + 1))[:count]
    path, buffer = order.folder / "rows.csv", int(order.parameters.get("buffer_bytes", 0))
    yield lambda: _write(path, buffer, rows)


def _answer(result: WorkloadResult) -> str:
    return buffer_answer(result, "writing line by line")


WORKLOAD = Workload(
    name="file-write",
    question="How large should the buffer be for writing a file line by line?",
    unit="MiB",
    curve=Curve.BATCH,
    variants=buffers,
    answer=_answer,
    axis="buffer_bytes",
    reference="8 KiB",
)
