"""What it costs to have lines on the disk itself (fsync), by how many are written in between."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from airflow_tune.bench.kit.answer import Found, along
from airflow_tune.bench.kit.records import lines
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

_NEVER = "never"


def _append(file: BinaryIO, rows: Sequence[bytes], *, sync: bool) -> None:
    file.writelines(rows)
    file.flush()
    if sync:
        os.fsync(file.fileno())


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what appends lines to a file and has them synced once, or never."""
    rows, sync = [line.encode() for line in lines(int(order.scale))], "lines_per_sync" in order.parameters
    with (order.folder / "rows.csv").open("ab") as file:
        yield lambda: _append(file, rows, sync=sync)


def _variants(wishes: Wishes) -> Sequence[Variant]:
    sizes = [1, 100, 10_000] if wishes.length is Length.QUICK else [1, 10, 100, 1_000, 10_000]
    own = [
        Variant(f"every {size:,} lines" if size > 1 else "every line", {"lines_per_sync": size}, size)
        for size in sizes
    ]
    return [*own, Variant(_NEVER, {"sync": False}, sizes[-1])]


def _answer(result: WorkloadResult) -> str:
    names, found = along(result), Found(result)
    if 1 not in names or len(names) == 1 or not found.have([_NEVER]):
        return ""
    one, most = names[1], names[max(names)]
    return (
        f"One fsync costs {format_duration(found.more(one, _NEVER))} here: after every line it makes writing"
        f" {found.than(_NEVER, one)} without, {most} {found.faster(_NEVER, most)}: sync once, before"
        " the file gets its final name."
    )


WORKLOAD = Workload(
    name="file-sync",
    question="What does it cost to have written lines on the disk itself (fsync)?",
    unit="line",
    curve=Curve.BATCH,
    variants=_variants,
    answer=_answer,
    axis="lines_per_sync",
    reference="every line",
)
