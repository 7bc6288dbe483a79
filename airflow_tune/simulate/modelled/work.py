"""What the tasks of a modelled DAG do: of which class they are, how often, and how they wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from airflow_tune.dags.model import Dag, Task
from airflow_tune.profiles.model import Profile, TaskClass
from airflow_tune.simulate.modelled.duration import class_of
from airflow_tune.simulate.modelled.task import INSTANT, instances, name_of, weights


class Work(NamedTuple):
    """One task: its class, and whether that was drawn; `each_run` instances, and whether that is a guess."""

    dag_id: str
    task: Task
    found: TaskClass
    drawn: bool
    each_run: int
    guessed: bool
    weight: int

    @property
    def name(self) -> str:
        """Return its name."""
        return name_of(self.task)

    @property
    def full_name(self) -> str:
        """Return "dag.task"."""
        return f"{self.dag_id}.{self.name}"

    @property
    def instant(self) -> bool:
        """Return whether Airflow marks it as successful without running it."""
        return self.task.operator in INSTANT

    @property
    def deferred(self) -> bool:
        """Return whether it waits in the triggerer."""
        return self.task.argument("deferrable") is True and not self.instant

    @property
    def rescheduled(self) -> bool:
        """Return whether it is a sensor that gives its slot back between pokes."""
        is_sensor = self.found.name == "waiting"
        return is_sensor and not self.deferred and self.task.argument("mode") == "reschedule"

    @property
    def typical_s(self) -> float:
        """Return how long it takes in the middle, in seconds."""
        return 0.0 if self.instant else self.found.duration_s.value


def works(dags: Mapping[str, Dag], profile: Profile, weight_rule: str) -> Iterator[Work]:
    """Yield the tasks of all `dags`; `weight_rule` is core.default_task_weight_rule."""
    for dag_id, dag in dags.items():
        weight = weights(dag, weight_rule)
        for task in dag.tasks:
            found, drawn = class_of(profile, task.operator, f"{dag_id}.{name_of(task)}")
            yield Work(dag_id, task, found, drawn, *instances(task), weight[task.key])
