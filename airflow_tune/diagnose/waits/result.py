"""Waits as a report shows them: seconds by limit, the greatest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.asked import Asked
from airflow_tune.diagnose.waits.charge import Charges, charged_in_parts
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.run_wait import RunCharges, charge_runs
from airflow_tune.diagnose.waits.worst import Example, Worst
from airflow_tune.history.column import MICROSECONDS, NAT, Ints, distinct
from airflow_tune.history.model import History

_TRIES, _RUNS = 1, 2


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


def _held(limit: Ints, row: Ints, limits: int) -> Ints:
    """Return how many rows each limit held; one that it held twice, around a deferral, counts once."""
    span = int(row.max(initial=0)) + 1
    return np.bincount(distinct(limit * span + row) // span, minlength=limits)


class _Tally:
    """Adds up what limits cost by their names: µs, tries, DAG runs."""

    def __init__(self, worst: Worst | None) -> None:
        self._by_name: dict[str, list[int]] = {}
        self._worst = worst

    def add(self, charges: Charges | RunCharges, row: Ints, kind: int) -> None:
        """Add `charges` of `row`, which are of `kind` _TRIES or _RUNS."""
        spent = np.zeros(len(charges.names), np.int64)
        np.add.at(spent, charges.limit, charges.micros)
        held = _held(charges.limit, row, len(charges.names))
        for code in np.flatnonzero(held).tolist():
            own = self._by_name.setdefault(charges.names[code], [0, 0, 0])
            own[0] += int(spent[code])
            own[kind] += int(held[code])
        if self._worst is not None:
            self._worst.add(charges, row, of_runs=kind == _RUNS)

    def limits(self, total: int) -> tuple[LimitWait, ...]:
        """Return the limits, the one that cost most first."""
        ordered = sorted(self._by_name.items(), key=lambda item: -item[1][0])
        return tuple(
            LimitWait(name, spent / MICROSECONDS, spent / max(total, 1), tries, runs, *self._told(name))
            for name, (spent, tries, runs) in ordered
        )

    def _told(self, name: str) -> tuple[np.datetime64, np.datetime64, tuple[Example, ...]]:
        return (self._worst and self._worst.of(name)) or (NAT, NAT, ())


def summed(parts: Iterable[Charges], runs: RunCharges | None = None, worst: Worst | None = None) -> Waits:
    """Return the charges in `parts`, and those of DAG runs in `runs`, summed by limit.

    `worst` is a fresh collector where whom each limit held is to be told too.
    """
    tally, of_tries, of_runs = _Tally(worst), 0, 0
    for part in parts:
        tally.add(part, part.row, _TRIES)
        of_tries += part.total_micros
    if runs is not None:
        tally.add(runs, runs.run, _RUNS)
        of_runs = runs.total_micros
    total = of_tries + of_runs
    seconds = (of_tries / MICROSECONDS, of_runs / MICROSECONDS)
    return Waits(total / MICROSECONDS, tally.limits(total), *seconds, runs.uncounted if runs else 0)


def attribute_waits(history: History, machinery: Machinery, asked: Asked | None = None) -> Waits:
    """Return what held the task instances and DAG runs of `history` back, in seconds by limit.

    `asked` are the limits of `history`, where they are there already.
    """
    charges = charged_in_parts(history, machinery, asked)
    return summed(charges, charge_runs(history), Worst(history))
