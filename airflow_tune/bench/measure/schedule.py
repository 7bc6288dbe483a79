"""Which workload comes next, so that all have their rounds evenly over a run that ends in time."""

from __future__ import annotations

import random
from collections.abc import Sequence

from airflow_tune.bench.measure.effort import Budget
from airflow_tune.bench.measure.record import Record

_HALVINGS = 40


def rounds_for(records: Sequence[Record], budget: Budget, left_s: float) -> list[int]:
    """Return how many rounds each record comes to in `left_s` more seconds.

    All get the same share of time, but no fewer than the least and no more than the most rounds: what the
    cheap ones do not need goes to the others.
    """
    low, high = 0.0, left_s + sum(record.elapsed_s for record in records)
    for _ in range(_HALVINGS):
        share = (low + high) / 2
        fits = _left_s(records, _with_share(records, budget, share)) <= left_s
        low, high = (share, high) if fits else (low, share)
    return _with_share(records, budget, low)


def left_s(records: Sequence[Record], budget: Budget, remaining_s: float) -> float:
    """Return how many seconds the rounds that are still to come will take."""
    if any(not record.rounds for record in records):
        return remaining_s
    return min(remaining_s, _left_s(records, rounds_for(records, budget, remaining_s)))


def following(
    records: Sequence[Record], budget: Budget, remaining_s: float, order: random.Random
) -> Record | None:
    """Return the record whose turn it is, None where none is to have another round.

    First comes each once, for only then it is known what a round costs, and last of them those that are
    allowed to take longest, so that they do not keep all others from a round; afterwards the one that is
    furthest from its rounds.
    """
    if remaining_s <= 0:
        return None
    new = [record for record in records if not record.rounds]
    if new:
        least_s = min(record.workload.timeout_s for record in new)
        return order.choice([record for record in new if record.workload.timeout_s == least_s])
    wanted = zip(records, rounds_for(records, budget, remaining_s), strict=True)
    due = [
        (record.rounds / rounds, order.random(), record)
        for record, rounds in wanted
        if record.rounds < rounds and record.round_s <= remaining_s
    ]
    return min(due, key=lambda each: each[:2])[2] if due else None


def _with_share(records: Sequence[Record], budget: Budget, share_s: float) -> list[int]:
    return [
        max(
            record.rounds,
            min(max(int(share_s / max(record.round_s, 1e-6)), budget.least_rounds), record.most_rounds),
        )
        for record in records
    ]


def _left_s(records: Sequence[Record], rounds: Sequence[int]) -> float:
    return sum(
        (wanted - record.rounds) * record.round_s for record, wanted in zip(records, rounds, strict=True)
    )
