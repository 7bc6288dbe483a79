"""Workloads in which more and more workers do the same piece at a time, in processes and in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import cast

from airflow_tune.bench.kit.answer import along, costs, faster, same, times
from airflow_tune.bench.kit.crew import Kind, Piece, crew
from airflow_tune.bench.kit.levels import levels, whole_cores
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult


@dataclass(frozen=True, slots=True)
class Scaling:
    """A `piece` of `work` done by ever more workers of one `kind`, and by some of the kind `beside` it."""

    kind: Kind
    beside: Kind
    piece: Piece
    work: str

    @property
    def prepare(self) -> Callable[[Order], AbstractContextManager[Call]]:
        """Return the function that gives what has all workers do their piece."""

        @contextmanager
        def prepare(order: Order) -> Iterator[Call]:
            (kind, count), *_ = order.parameters.items()
            with crew(cast("Kind", kind), [self.piece] * int(count)) as go:
                yield go

        return prepare

    def workload(self, name: str, question: str) -> Workload:
        """Return the workload that measures the curve."""
        return Workload(
            name=name,
            question=question,
            unit="piece",
            curve=Curve.SCALING,
            variants=self._variants,
            answer=self._answer,
            axis=self.kind,
            reference=_name(self.kind, 1),
        )

    def _variants(self, wishes: Wishes) -> Sequence[Variant]:
        cores = whole_cores(wishes.cores)
        own = [Variant(_name(self.kind, count), {self.kind: count}, count) for count in levels(wishes.cores)]
        others = sorted({max(cores, 2), 2 * cores})
        return [*own, *(Variant(_name(self.beside, count), {self.beside: count}, count) for count in others)]

    def _answer(self, result: WorkloadResult) -> str:
        curve = along(result)
        if 1 not in curve or len(curve) == 1:
            return ""
        best = _best(curve)
        if best == 1:
            gain = f"One of the {self.kind} at a time is best here for {self.work}: more add nothing"
        else:
            gain = (
                f"{best} {self.kind} at a time are best here for {self.work}:"
                f" {times(curve[1] / curve[best])} the work of one"
            )
        return f"{gain}; {self._other(costs(result), curve[best])}."

    def _other(self, found: dict[str, float], best_s: float) -> str:
        """Return how the best of the other kind does."""
        others = {name: cost for name, cost in found.items() if name.endswith(self.beside)}
        if not others:
            return f"{self.beside} were not measured"
        least = min(others.values())
        if same(least, best_s):
            return f"{self.beside} do as well"
        how = faster(best_s, least)
        return f"{self.beside} are {how}, so take {self.beside if least < best_s else self.kind}"


def _name(kind: str, count: int) -> str:
    return f"{count} {kind}" if count != 1 else f"1 {'process' if kind == 'processes' else kind[:-1]}"


def _best(curve: dict[int, float]) -> int:
    """Return the fewest workers that do as much as any number does."""
    least = min(curve.values())
    return next(count for count, cost in curve.items() if same(cost, least) or cost <= least)
