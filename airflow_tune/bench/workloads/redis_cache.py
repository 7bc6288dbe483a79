"""From when on a cache in Redis pays: what a hit and a miss cost over computing anew."""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.util import find_spec
from typing import Any

from airflow_tune.bench.kit.answer import Found
from airflow_tune.bench.kit.echo import echo_s
from airflow_tune.bench.kit.records import Row, rows
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

PREFIX = "airflow_tune_bench:"
_ROWS = 100
_TTL_S = 120
"""What a killed run leaves is gone after this."""
_TIMEOUT_S = 10
_COMPUTE, _HIT, _MISS = "compute", "hit", "miss"


def _compute() -> list[Row]:
    return rows(_ROWS)


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what gets a hundred rows: computed, out of Redis, or both where Redis has none."""
    if order.parameters["way"] == _COMPUTE:
        yield _compute
        return
    import redis  # noqa: PLC0415 - an extra, and not small

    key = PREFIX + secrets.token_hex(8)
    with closing(redis.Redis.from_url(order.wishes.redis_url, socket_timeout=_TIMEOUT_S)) as client:
        try:
            kept = pickle.dumps(_compute())
            order.figures["echo_s"] = echo_s(len(kept))
            client.setex(key, _TTL_S, kept)
            yield _ask(client, key if order.parameters["way"] == _HIT else None)
        finally:
            client.delete(key)


def _ask(client: Any, key: str | None) -> Callable[[], object]:  # noqa: ANN401 - redis is an extra
    """Return what gets the rows at `key`; without one it finds nothing, computes and stores each time."""
    if key is not None:
        return lambda: pickle.loads(client.get(key))  # noqa: S301 - what was stored a moment ago
    missing = PREFIX + secrets.token_hex(8)

    def miss() -> None:
        client.get(missing)
        client.setex(missing + ":new", 1, pickle.dumps(_compute()))

    return miss


def _variants(wishes: Wishes) -> Sequence[Variant]:  # noqa: ARG001 - the same everywhere
    return [Variant(name, {"way": name}) for name in (_COMPUTE, _HIT, _MISS)]


def _lacks(wishes: Wishes) -> str:
    if not wishes.redis_url:
        return "no --redis-url was given"
    return "" if find_spec("redis") else 'redis is not installed: pip install "airflow-tune[redis]"'


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have((_COMPUTE, _HIT, _MISS)):
        return ""
    over = found.more(_MISS, _COMPUTE)
    return (
        f"A hit in Redis costs {format_duration(found[_HIT])} for {_ROWS} rows, a miss"
        f" {format_duration(over)} on top of computing: where every second call hits, share what takes"
        f" longer than"
        f" {format_duration(2 * found[_HIT] + over)} through Redis, and keep the rest in the process."
    )


WORKLOAD = Workload(
    name="redis-cache",
    question="From when on does a cache in Redis pay?",
    unit="call",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_COMPUTE,
    lacks=_lacks,
)
