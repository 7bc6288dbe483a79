"""Whom each limit held longest, and from when to when: what a finding on it points to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.sums import EXAMPLES, Sums
from airflow_tune.history.column import MICROSECONDS, times
from airflow_tune.history.model import History


@dataclass(frozen=True, slots=True)
class Example:
    """A task instance or DAG run that waited: its names ("" and -1 where it has none), and seconds."""

    dag: str
    run_id: str
    task: str
    map_index: int
    waited_s: float


@dataclass(slots=True)
class Worst:
    """The longest waits for one limit so far: µs waited, row, and whether it is a DAG run's."""

    begin: int
    end: int
    longest: list[tuple[int, int, bool]]

    def add(self, sums: Sums, limit: int, *, of_runs: bool) -> None:
        """Take in what `sums` says of its `limit`, of DAG runs or of tries."""
        self.begin, self.end = min(self.begin, int(sums.begin[limit])), max(self.end, int(sums.end[limit]))
        both = zip(sums.longest[limit].tolist(), sums.examples[limit].tolist(), strict=True)
        self.longest += [(waited, row, of_runs) for waited, row in both if row >= 0]
        self.longest = sorted(self.longest, key=lambda one: (-one[0], one[1]))[:EXAMPLES]

    def told(self, history: History) -> tuple[np.datetime64, np.datetime64, tuple[Example, ...]]:
        """Return from when to when the limit held anyone, and whom it held longest."""
        begin, end = times(np.array([self.begin, self.end]))
        return begin, end, tuple(_example(history, *one) for one in self.longest)


def _example(history: History, waited: int, row: int, of_run: bool) -> Example:  # noqa: FBT001 - see `longest`
    seconds = waited / MICROSECONDS
    run = row if of_run else int(history.tries.run[row])
    dag, run_id = history.dags.names[history.runs.dag[run]], history.runs.run_ids[run]
    if of_run:
        return Example(dag, run_id, "", -1, seconds)
    task = history.tasks.names[history.tries.task[row]]
    return Example(dag, run_id, task, int(history.tries.map_index[row]), seconds)
