"""How large the buffer should be for reading a file line by line; the file is in the page cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from airflow_tune.bench.kit.buffers import buffer_answer, buffers, mebibytes
from airflow_tune.bench.kit.records import lines
from airflow_tune.bench.workload import Call, Order, Workload
from airflow_tune.suite.model import Curve, WorkloadResult


def _read(path: Path, buffer: int, most: int) -> None:
    with path.open("rb", buffering=buffer) as file:
        seen = 0
        for line in file:
            seen += len(line)
            if seen >= most:
                break


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what reads so much of a file line by line with the buffer of the variant."""
    size, path = mebibytes(order.scale), order.folder / "rows.csv"
    text = "".join(lines(5_000)).encode()
    path.write_bytes((text * (size // len(text) + 1))[:size])
    buffer = int(order.parameters.get("buffer_bytes", 0))
    yield lambda: _read(path, buffer, size)


def _answer(result: WorkloadResult) -> str:
    return buffer_answer(result, "reading line by line")


WORKLOAD = Workload(
    name="file-read",
    question="How large should the buffer be for reading a file line by line?",
    unit="MiB",
    curve=Curve.BATCH,
    variants=buffers,
    answer=_answer,
    axis="buffer_bytes",
    reference="8 KiB",
)
