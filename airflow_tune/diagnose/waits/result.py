"""Waits as a report shows them: seconds by limit, the greatest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.charge import Charges, charge_waits
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.history.column import MICROSECONDS, distinct
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


def summed(charges: Charges) -> Waits:
    """Return `charges` summed by limit."""
    count = len(charges.names)
    spent = np.zeros(count, np.int64)
    np.add.at(spent, charges.limit, charges.micros)
    span = int(charges.row.max(initial=0)) + 1
    # A try that a limit held twice, before and after a deferral, counts once.
    held = np.bincount(distinct(charges.limit * span + charges.row) // span, minlength=count)
    total = max(charges.total_micros, 1)
    order = np.argsort(-spent, kind="stable")
    found = [
        LimitWait(charges.names[i], float(spent[i]) / MICROSECONDS, float(spent[i]) / total, int(held[i]))
        for i in order
    ]
    return Waits(charges.total_micros / MICROSECONDS, tuple(found))


def attribute_waits(history: History, machinery: Machinery) -> Waits:
    """Return what held the task instances of `history` back, in seconds by limit."""
    return summed(charge_waits(history, machinery))
