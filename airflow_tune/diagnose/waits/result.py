"""Waits as a report shows them: seconds by limit, the greatest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.charge import Charges, charged_in_parts
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.history.column import MICROSECONDS, Ints, distinct
from airflow_tune.history.model import History


@dataclass(frozen=True, slots=True)
class LimitWait:
    """What one limit cost: `seconds` of waiting, their `share` of all waiting (0..1).

    `task_instances` counts the tries that it held.
    """

    limit: str
    seconds: float
    share: float
    task_instances: int


@dataclass(frozen=True, slots=True)
class Waits:
    """All waiting from ready time to start, in seconds; `by_limit` sums to `total_s`."""

    total_s: float
    by_limit: tuple[LimitWait, ...]

    def to_json(self) -> dict[str, object]:
        """Return the section `history.waits` of a report."""
        keys = LimitWait.__slots__
        limits = [{key: getattr(wait, key) for key in keys} for wait in self.by_limit]
        return {"total_s": self.total_s, "by_limit": limits}


def _held(charges: Charges) -> Ints:
    """Return how many tries each limit held; one that it held twice, around a deferral, counts once."""
    span = int(charges.row.max(initial=0)) + 1
    return np.bincount(distinct(charges.limit * span + charges.row) // span, minlength=len(charges.names))


def summed(parts: Iterable[Charges]) -> Waits:
    """Return the charges in `parts` summed by limit."""
    names: tuple[str, ...] = ()
    spent, held, total = np.zeros(0, np.int64), np.zeros(0, np.int64), 0
    for part in parts:
        names, more = part.names, len(part.names) - len(names)
        spent, held = np.append(spent, [0] * more), np.append(held, [0] * more)
        np.add.at(spent, part.limit, part.micros)
        held = held + _held(part)
        total += part.total_micros
    found = [
        LimitWait(names[i], float(spent[i]) / MICROSECONDS, float(spent[i]) / max(total, 1), int(held[i]))
        for i in np.argsort(-spent, kind="stable")
    ]
    return Waits(total / MICROSECONDS, tuple(found))


def attribute_waits(history: History, machinery: Machinery) -> Waits:
    """Return what held the task instances of `history` back, in seconds by limit."""
    return summed(charged_in_parts(history, machinery))
