"""Round after round until the time is up: each variant in a fresh process, in another order each time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from airflow_tune.bench.measure.counters import read_counters
from airflow_tune.bench.measure.interrupt import Stop
from airflow_tune.bench.measure.launch import InterruptedRunError, ask
from airflow_tune.bench.measure.plan import SEED, Plan
from airflow_tune.bench.measure.record import Record
from airflow_tune.bench.measure.schedule import following, left_s
from airflow_tune.bench.measure.workshop import Workshop
from airflow_tune.bench.workload import Variant

Answer: TypeAlias = Mapping[str, Any]
Told: TypeAlias = Callable[[str, int, float], None]
"""Is told which workload comes next, how many rounds were done, and how many seconds are left."""


@dataclass(slots=True)
class Rounds:
    """A run while it goes on: what it has, until when it may last, and who wants to hear of it or stop it."""

    plan: Plan
    records: Sequence[Record]
    workshop: Workshop
    stop: Stop
    told: Told
    machine_cores: int
    begin_s: float = field(default_factory=time.monotonic)
    order: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - no secret

    def go(self) -> bool:
        """Let workload after workload have a round; return whether none was cut off or left without any."""
        running = [record for record in self.records if not record.skipped]
        whole = True
        while whole:
            able = [record for record in running if not record.hopeless]
            left = self._until(self.plan.budget.total_s)
            record = following(able, self.plan.budget, left, self.order)
            if record is None:
                break
            self.told(
                record.workload.name, sum(one.rounds for one in running), left_s(able, self.plan.budget, left)
            )
            whole = self._round(record)
        return whole and all(record.rounds for record in running)

    def _round(self, record: Record) -> bool:
        """Measure all variants of a workload once; return whether nothing cut it off."""
        before, answers, whole = read_counters(), dict[str, Answer](), True
        try:
            for variant in self.order.sample(record.variants, len(record.variants)):
                answers[variant.name] = self._value(record, variant)
        except InterruptedRunError:
            whole = False
        if whole or not record.rounds:
            record.add_round(answers, read_counters().since(before, self.machine_cores))
            if self.plan.budget.until_known:
                record.settle(self.plan.budget.least_rounds, self.plan.budget.most_rounds)
        return whole

    def _value(self, record: Record, variant: Variant) -> Answer:
        """Return what a fresh process answers for one variant; InterruptedRunError where time is up."""
        allowed = self.plan.timeout_s or record.workload.timeout_s
        left = self._until(self.plan.budget.hard_s)
        if self.stop.asked() or left <= 0:
            raise InterruptedRunError
        with self.workshop.own_folder() as own:
            order = self._order(record, variant) | {"folder": str(own)}
            answer = ask(order, self.workshop.folder, own, min(allowed, left), self.stop.asked)
        if "timeout" in answer and left < allowed:
            raise InterruptedRunError
        return answer

    def _order(self, record: Record, variant: Variant) -> dict[str, Any]:
        budget = self.plan.budget
        return {
            "module": record.workload.module,
            "parameters": dict(variant.parameters),
            "scale": variant.scale,
            "wishes": asdict(self.plan.wishes),
            "effort": {
                "sample_s": budget.sample_s,
                "slice_s": budget.slice_s,
                "most_samples": budget.most_samples,
                "calls": record.calls(variant),
                "warm": record.workload.warm,
            },
        }

    def _until(self, end_s: float) -> float:
        return self.begin_s + end_s - time.monotonic()
