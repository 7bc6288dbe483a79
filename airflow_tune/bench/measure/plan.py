"""What a run measures, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from airflow_tune.bench.measure.effort import BUDGETS, Budget
from airflow_tune.bench.workload import Wishes, Workload

SEED = 20260101
"""The order within a round is shuffled, and the same in each run."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run measures and for how long; `timeout_s` bounds one round of one variant where it is given."""

    workloads: Sequence[Workload]
    wishes: Wishes
    budget: Budget
    timeout_s: float | None = None

    @classmethod
    def of(cls, workloads: Sequence[Workload], wishes: Wishes, timeout_s: float | None = None) -> Plan:
        """Return the plan with the time that belongs to the length that was wished for."""
        return cls(workloads, wishes, BUDGETS[wishes.length], timeout_s)

    def options(self) -> dict[str, Any]:
        """Return what decides about the values, as a result keeps it: without what may hold a secret."""
        wishes = self.wishes
        return {
            "length": wishes.length.value,
            "workloads": [one.name for one in self.workloads],
            "timeout_s": self.timeout_s,
            "seed": SEED,
            "callable": wishes.callable or None,
            "airflow_python": wishes.airflow_python or None,
            "db": wishes.db_url.partition(":")[0] or None,
            "redis": bool(wishes.redis_url),
        }
