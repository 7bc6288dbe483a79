"""What it costs in memory to build a whole list of rows where a generator would hand out one at a time."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_bytes

_ROWS = 50_000


def _rows(count: int) -> Iterator[dict[str, object]]:
    """Yield rows as a cursor would: some numbers and a text each."""
    for number in range(count):
        yield {"id": number, "amount": number * 0.5, "name": f"customer {number}"}


def _total(rows: Iterable[dict[str, object]]) -> float:
    return sum(row["amount"] for row in rows)  # type: ignore[misc]


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what sums a column, over a list of all rows or over a generator."""
    rows = int(order.scale)
    if order.parameters["rows_as"] == "list":
        yield lambda: _total(list(_rows(rows)))
    else:
        yield lambda: _total(_rows(rows))


def _variants(wishes: Wishes) -> Sequence[Variant]:  # noqa: ARG001 - the same everywhere
    return [Variant(name, {"rows_as": name}, scale=_ROWS) for name in ("list", "generator")]


def _answer(result: WorkloadResult) -> str:
    whole, each = result.variant("list"), result.variant("generator")
    if not (whole and each and whole.kept_s and each.kept_s):
        return ""
    more = _grown(whole.peaks_bytes, whole.base_bytes) - _grown(each.peaks_bytes, each.base_bytes)
    ratio = statistics.median(whole.kept_s) / statistics.median(each.kept_s)
    return (
        f"A list of {_ROWS:,} rows takes {format_bytes(max(more, 0))} more than a generator"
        f" and {ratio:.2f} × its time: hand rows on one at a time."
    )


def _grown(peaks: tuple[int | None, ...], base: int | None) -> float:
    return statistics.median(peak for peak in peaks if peak is not None) - (base or 0)


WORKLOAD = Workload(
    name="list-vs-generator",
    question="How much memory does a list of all rows cost over a generator?",
    unit="row",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference="list",
)
