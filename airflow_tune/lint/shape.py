"""The shape of a DAG: who comes before and after whom, directly and at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from airflow_tune.dags.model import Dag, Task

LARGEST = 5000
"""Tasks and edges of a DAG above which no paths are followed: each would be walked from each task."""


@dataclass(slots=True)
class Paths:
    """Everything reachable from each task along `next_to`, found on demand and remembered."""

    next_to: Mapping[str, Iterable[str]]
    found: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, key: str) -> frozenset[str]:
        """Return the tasks that a path leads to from `key`, itself only in a circle."""
        if key not in self.found:
            seen: set[str] = set()
            pending = [key]
            while pending:
                for other in self.next_to.get(pending.pop(), ()):
                    if other not in seen:
                        seen.add(other)
                        pending.append(other)
            self.found[key] = frozenset(seen)
        return self.found[key]


@dataclass(frozen=True)
class Shape:
    """One DAG with its edges as they are asked for."""

    dag: Dag

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """Return the tasks by key."""
        return {task.key: task for task in self.dag.tasks}

    @cached_property
    def down(self) -> dict[str, list[str]]:
        """Return the direct downstream tasks of those that have any."""
        found: dict[str, list[str]] = {}
        for edge in self.dag.edges:
            found.setdefault(edge.upstream, []).append(edge.downstream)
        return found

    @cached_property
    def up(self) -> dict[str, list[str]]:
        """Return the direct upstream tasks of those that have any."""
        found: dict[str, list[str]] = {}
        for edge in self.dag.edges:
            found.setdefault(edge.downstream, []).append(edge.upstream)
        return found

    @property
    def small(self) -> bool:
        """Return whether the DAG is small enough to follow its paths."""
        return len(self.dag.tasks) + len(self.dag.edges) <= LARGEST

    @cached_property
    def after(self) -> Paths:
        """Return the tasks after each task."""
        return Paths(self.down)

    @cached_property
    def before(self) -> Paths:
        """Return the tasks before each task."""
        return Paths(self.up)

    @cached_property
    def leaves(self) -> list[Task]:
        """Return the tasks that nothing waits for."""
        return [task for task in self.dag.tasks if task.key not in self.down]

    @cached_property
    def order(self) -> list[str]:
        """Return the keys, each behind all its upstream; those in or behind a circle are left out."""
        missing = {key: len(self.up.get(key, ())) for key in self.tasks}
        ready = [key for key, count in missing.items() if not count]
        found: list[str] = []
        while ready:
            key = ready.pop()
            found.append(key)
            for other in self.down.get(key, ()):
                missing[other] -= 1
                if not missing[other]:
                    ready.append(other)
        return found

    @cached_property
    def levels(self) -> dict[str, int]:
        """Return for each task the edges of the longest path that leads to it."""
        found: dict[str, int] = {}
        for key in self.order:
            found[key] = max((found[other] + 1 for other in self.up.get(key, ())), default=0)
        return found
