"""Waits as a report shows them: seconds by limit, the greatest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.asked import Asked
from airflow_tune.diagnose.waits.charge import Charges, charged_in_parts
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.run_wait import RunCharges, charge_runs
from airflow_tune.diagnose.waits.sums import Moments, Sums, sums_of
from airflow_tune.diagnose.waits.worst import Example, Worst
from airflow_tune.history.column import MICROSECONDS, NAT
from airflow_tune.history.model import History


@dataclass(frozen=True, slots=True)
class LimitWait:
    """What one limit cost: `seconds` of waiting, their `share` of all waiting (0..1).

    `task_instances` counts the tries that it held, `dag_runs` the DAG runs; `begin` and `end` are the time
    in which it did so (UTC), `longest` those that it held longest.
    """

    limit: str
    seconds: float
    share: float
    task_instances: int
    dag_runs: int = 0
    begin: np.datetime64 = NAT
    end: np.datetime64 = NAT
    longest: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Waits:
    """All waiting in seconds; `by_limit` sums to `total_s`.

    Of it, `task_instances_s` are task instances' from ready time to start and `dag_runs_s` DAG runs' from
    due to start. `uncounted_dag_runs` were created too late to have waited for the scheduler.
    """

    total_s: float
    by_limit: tuple[LimitWait, ...]
    task_instances_s: float = 0.0
    dag_runs_s: float = 0.0
    uncounted_dag_runs: int = 0


@dataclass(slots=True)
class _Sum:
    """What one limit cost so far: µs, tries, DAG runs, and the worst of it."""

    worst: Worst
    spent: int = 0
    tries: int = 0
    runs: int = 0


class _Tally:
    """Adds up what limits cost by their names."""

    def __init__(self, history: History) -> None:
        self._by_name: dict[str, _Sum] = {}
        self._history = history
        tries, runs, now = history.tries, history.runs, int(history.taken_at.astype(np.int64))
        self._of_tries = Moments(tries.scheduled, tries.queued, tries.start, now)
        self._of_runs = Moments(runs.queued, runs.queued, runs.start, now)

    def add(self, charges: Charges) -> None:
        """Add `charges` of tries."""
        names = charges.names
        sums = sums_of(charges.row, charges.limit, charges.micros, len(names), self._of_tries)
        for own, code in self._sums(sums, names):
            own.tries += int(sums.held[code])
            own.worst.add(sums, code, of_runs=False)

    def add_runs(self, charges: RunCharges) -> None:
        """Add `charges` of DAG runs."""
        names = charges.names
        sums = sums_of(charges.run, charges.limit, charges.micros, len(names), self._of_runs)
        for own, code in self._sums(sums, names):
            own.runs += int(sums.held[code])
            own.worst.add(sums, code, of_runs=True)

    def _sums(self, sums: Sums, names: tuple[str, ...]) -> Iterator[tuple[_Sum, int]]:
        for code in np.flatnonzero(sums.held).tolist():
            worst = Worst(int(sums.begin[code]), int(sums.end[code]), [])
            own = self._by_name.setdefault(names[code], _Sum(worst))
            own.spent += int(sums.spent[code])
            yield own, code

    def limits(self, total: int) -> tuple[LimitWait, ...]:
        """Return the limits, the one that cost most first; of equal ones in the order of their names."""
        return tuple(
            LimitWait(
                name,
                own.spent / MICROSECONDS,
                own.spent / max(total, 1),
                own.tries,
                own.runs,
                *own.worst.told(self._history),
            )
            for name, own in sorted(self._by_name.items(), key=lambda item: (-item[1].spent, item[0]))
        )


def summed(history: History, parts: Iterable[Charges], runs: RunCharges | None = None) -> Waits:
    """Return the charges of `history` in `parts`, and those of DAG runs in `runs`, summed by limit."""
    tally, of_tries, of_runs = _Tally(history), 0, 0
    for part in parts:
        tally.add(part)
        of_tries += part.total_micros
    if runs is not None:
        tally.add_runs(runs)
        of_runs = runs.total_micros
    total = of_tries + of_runs
    seconds = (of_tries / MICROSECONDS, of_runs / MICROSECONDS)
    return Waits(total / MICROSECONDS, tally.limits(total), *seconds, runs.uncounted if runs else 0)


def attribute_waits(history: History, machinery: Machinery, asked: Asked | None = None) -> Waits:
    """Return what held the task instances and DAG runs of `history` back, in seconds by limit.

    `asked` are the limits of `history`, where they are there already.
    """
    charges = charged_in_parts(history, machinery, asked)
    return summed(history, charges, charge_runs(history))
