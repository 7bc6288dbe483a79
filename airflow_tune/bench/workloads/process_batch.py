"""How many records to work on at a time, with a garbage collection after each batch and without.

Each batch is gathered, summed up and written down as JSON; many pipelines collect garbage after each.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from airflow_tune.bench.kit.answer import Found
from airflow_tune.bench.kit.knee import knee_answer
from airflow_tune.bench.kit.records import Row, rows
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload, steps
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

_USUAL = 1_000
_COLLECTED = "1,000 records, collected"


def _batches(records: Iterable[Row], size: int) -> Iterator[list[Row]]:
    each = iter(records)
    while batch := list(islice(each, size)):
        yield batch


def _work(batch: Sequence[Row]) -> str:
    """Sum up a batch as a pipeline does, and write it down for the next step."""
    total = sum(amount for _, _, amount, _ in batch)
    return json.dumps({"rows": len(batch), "amount": total, "last": batch[-1]})


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what works on all records in batches."""
    records, size = rows(int(order.scale)), int(order.parameters.get("records_per_batch", _USUAL))
    after = gc.collect if order.parameters.get("collect") else None

    def work_on_all() -> None:
        for batch in _batches(records, size):
            _work(batch)
            if after:
                after()

    yield work_on_all


def _variants(wishes: Wishes) -> Sequence[Variant]:
    quick = wishes.length is Length.QUICK
    sizes = [1, 100, _USUAL] if quick else [1, 10, 100, _USUAL, 5_000, 20_000]
    scale = 4_000 if quick else 20_000
    return [
        *steps("records_per_batch", sizes, "records", scale),
        Variant(_COLLECTED, {"collect": True}, scale),
    ]


def _answer(result: WorkloadResult) -> str:
    answer, found = knee_answer(result, "records a batch", "one by one"), Found(result)
    plain = f"{_USUAL:,} records"
    if not answer or not found.have((plain, _COLLECTED)):
        return answer
    more = found.more(_COLLECTED, plain) * _USUAL
    return f"{answer} gc.collect() after a batch costs {format_duration(more)}: leave it to Python."


WORKLOAD = Workload(
    name="process-batch",
    question="How many records should a task work on at a time, and what does gc.collect() after each cost?",
    unit="record",
    curve=Curve.BATCH,
    variants=_variants,
    answer=_answer,
    axis="records_per_batch",
    reference="1 record",
)
