"""Workloads in which more and more workers do the same piece at a time, in processes and in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import cast

from airflow_tune.bench.kit.answer import Found, along, times
from airflow_tune.bench.kit.crew import Kind, Piece, crew
from airflow_tune.bench.kit.curve import best_of
from airflow_tune.bench.kit.levels import levels, whole_cores
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload
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
        quick = wishes.length is Length.QUICK
        own = [
            Variant(_name(self.kind, count), {self.kind: count}, count)
            for count in levels(wishes.cores, few=quick)
        ]
        others = sorted({max(cores, 2)} if quick else {max(cores, 2), 2 * cores})
        return [*own, *(Variant(_name(self.beside, count), {self.beside: count}, count) for count in others)]

    def _answer(self, result: WorkloadResult) -> str:
        best = best_of(result)
        if best is None:
            return ""
        if best.at == 1:
            gain = f"One {_one(self.kind)} at a time is best here for {self.work}: more add nothing"
        else:
            gain = (
                f"{best.at} {self.kind} at a time are best here for {self.work}: {times(best.gain)} the work"
                f" of one; {best.beyond}"
            )
        return f"{gain}; {self._other(Found(result), along(result)[best.at])}."

    def _other(self, found: Found, best: str) -> str:
        """Return how the best of the other kind does beside the best of this one."""
        others = [name for name in found if name.endswith(self.beside)]
        if not others:
            return f"{self.beside} were not measured"
        least = min(others, key=found.__getitem__)
        return f"{self.beside} are {found.faster(best, least)}"


def _name(kind: Kind, count: int) -> str:
    return f"{count} {kind}" if count != 1 else f"1 {_one(kind)}"


def _one(kind: Kind) -> str:
    return "process" if kind == "processes" else "thread"
