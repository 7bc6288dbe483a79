"""What a configuration is to achieve, as a figure of its outcome and the most that this may be."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from airflow_tune.errors import UsageError, nearest
from airflow_tune.simulate.outcome import Outcome
from airflow_tune.units import parse_duration

CLOSE = 1.05
"""Without an objective: DAG runs at most 5 % longer, in the mean, than without any limit."""
_MAKESPAN = "makespan:"


@dataclass(frozen=True, slots=True)
class Objective:
    """`figure` of an outcome, at most `most_s` seconds; `dag` for the longest DAG run of one DAG."""

    figure: str
    most_s: float
    dag: str = ""

    def value_s(self, outcome: Outcome) -> float:
        """Return the figure of `outcome` in seconds."""
        if self.figure == "p95-wait":
            return outcome.wait.p95
        if self.figure == "mean-wait":
            return outcome.wait.mean
        if self.figure == "makespan":
            return outcome.makespan_s
        runs = [run.duration_s for run in outcome.dag_runs if self.dag in ("", run.dag_id)]
        if not runs:
            return float("inf")
        return max(runs) if self.dag else fmean(runs)

    def met(self, outcome: Outcome) -> bool:
        """Return whether `outcome` achieves it."""
        return self.value_s(outcome) <= self.most_s

    def __str__(self) -> str:
        return f"{self.figure}{self.dag and ':' + self.dag} at most {self.most_s:.0f} s"


def parse_objective(text: str, dags: tuple[str, ...]) -> Objective:
    """Return the objective that "p95-wait=60s", "makespan=2h" or "makespan:DAG=2h" names.

    Raises UsageError for a figure or a DAG that there is not, UnitError for no duration.
    """
    name, _, value = text.partition("=")
    where = f"--objective {text}"
    if not value:
        raise UsageError("an objective has a value", where=where, remedy="write p95-wait=60s, for one")
    most = parse_duration(value, where=where)
    if name.startswith(_MAKESPAN):
        dag = name.removeprefix(_MAKESPAN)
        if dag not in dags:
            raise UsageError(f'the history has no DAG "{dag}"', where=where, remedy=nearest(dag, dags))
        return Objective("dag-run", most, dag)
    figures = ("p95-wait", "mean-wait", "makespan")
    if name not in figures:
        known = nearest(name, (*figures, f"{_MAKESPAN}DAG"))
        raise UsageError(f'there is no objective "{name}"', where=where, remedy=known)
    return Objective(name, most)
