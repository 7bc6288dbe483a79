"""How many small items a process of a pool should be handed at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from airflow_tune.bench.kit.answer import Found, along
from airflow_tune.bench.kit.forked import forked_pool
from airflow_tune.bench.kit.knee import knee_answer
from airflow_tune.bench.kit.levels import whole_cores
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload, steps
from airflow_tune.suite.model import Curve, WorkloadResult

_ITEMS = 2_000
_PLAIN = "no pool"


def item(number: int) -> int:
    """Do some microseconds of work, as little as one row of a file takes."""
    return sum(map(int, str(number * number + 1_000_003)))


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what maps the items over a pool that is there already, or in this process."""
    size, items = int(order.parameters.get("items_per_chunk", 0)), range(_ITEMS)
    if not size:
        yield lambda: list(map(item, items))
        return
    workers = whole_cores(order.wishes.cores)
    with forked_pool(workers) as pool:
        yield lambda: pool.map(item, items, chunksize=size)


def _variants(wishes: Wishes) -> Sequence[Variant]:
    sizes = [1, 10, 100, 1_000] if wishes.length is Length.QUICK else [1, 3, 10, 30, 100, 300, 1_000]
    return [*steps("items_per_chunk", sizes, "items", _ITEMS), Variant(_PLAIN, {}, _ITEMS)]


def _answer(result: WorkloadResult) -> str:
    answer, found = knee_answer(result, "items a chunk", "one by one"), Found(result)
    if not answer or not found.have([_PLAIN]):
        return answer
    if min(found[name] for name in along(result).values()) < found[_PLAIN]:
        return answer
    return f"{answer} Items as small as these are still faster without a pool."


WORKLOAD = Workload(
    name="chunk-size",
    question="How many small items should one process of a pool be handed at a time?",
    unit="item",
    curve=Curve.BATCH,
    variants=_variants,
    answer=_answer,
    axis="items_per_chunk",
    reference="1 item",
)
