"""`with setup_task:` blocks: what is created inside runs after the setup and before the teardown.

Follows `airflow.sdk.definitions._internal.setup_teardown` of 3.3.2 state by state, so that nested
blocks come out as Airflow makes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from airflow_tune.dags.values.graph import TaskValue

Tasks: TypeAlias = "tuple[TaskValue, ...]"
Relate: TypeAlias = "Callable[[TaskValue, TaskValue], None]"


@dataclass(slots=True, eq=False)
class Level:
    """One remembered list of tasks and those it replaced."""

    now: Tasks = ()
    before: list[Tasks] = field(default_factory=list)

    def push(self, tasks: Tasks) -> None:
        """Replace the present tasks, remembering them."""
        if self.now and self.now != tasks:
            self.before.append(self.now)
        self.now = tasks

    def pop(self, link: Callable[[Tasks, Tasks], None]) -> Tasks:
        """Return to the tasks before, linking them with those that end."""
        old = self.now
        self.now = self.before.pop() if self.before else ()
        if self.now and old:
            link(old, self.now)
        return old


@dataclass(slots=True, eq=False)
class Setup:
    """The state of all `with` blocks over setup and teardown tasks."""

    active: bool = False
    setups: Level = field(default_factory=Level)
    teardowns: Level = field(default_factory=Level)
    teardowns_below: Level = field(default_factory=Level)
    setups_above: Level = field(default_factory=Level)
    inside: dict[Tasks, list[TaskValue]] = field(default_factory=dict)

    def note(self, task: TaskValue) -> None:
        """Remember a task that was created inside a block."""
        for tasks in (self.setups.now, self.teardowns.now):
            if tasks:
                self.inside.setdefault(tasks, []).append(task)

    def enter(self, tasks: Tasks) -> None:
        """Open a block."""
        first = tasks[0]
        if first.is_teardown:
            self.teardowns.push(tasks)
            self.setups_above.push(related(first, setup=True))
        elif first.is_setup:
            self.setups.push(tasks)
            self.teardowns_below.push(related(first, setup=False))
        self.active = True

    def leave(self, relate: Relate) -> None:
        """Close the innermost block: its work goes between its setups and teardowns."""

        def down(upper: Tasks, lower: Tasks) -> None:
            for up in upper:
                for low in lower:
                    relate(up, low)

        if self.setups.now and (work := self.work(self.setups.now)):
            down(self.setups.now, roots(work) or work[:1])
            ends = self.teardowns.now or leaves(work) or work[-1:]
            down(ends, self.teardowns_below.now)
        if self.teardowns.now and (work := self.work(self.teardowns.now)):
            down(leaves(work) or work[-1:], self.teardowns.now)
            starts = self.setups.now or roots(work) or work[:1]
            down(self.setups_above.now, starts)
        self.close(down)

    def close(self, down: Callable[[Tasks, Tasks], None]) -> None:
        """Return to the blocks around, relating setups with setups and teardowns with teardowns."""
        ended = self.setups.pop(lambda old, now: down(now, old))
        torn = self.teardowns.pop(down)
        self.teardowns_below.pop(down)
        self.setups_above.pop(lambda old, now: down(now, old))
        self.inside.pop(ended, None)
        self.inside.pop(torn, None)
        self.active = False

    def work(self, tasks: Tasks) -> Tasks:
        """Return the work created in the block of `tasks`."""
        return tuple(task for task in self.inside.get(tasks, ()) if not (task.is_setup or task.is_teardown))


def roots(work: Tasks) -> Tasks:
    """Return the tasks without upstream."""
    return tuple(task for task in work if not task.upstream)


def leaves(work: Tasks) -> Tasks:
    """Return the tasks without downstream."""
    return tuple(task for task in work if not task.downstream)


def related(task: TaskValue, *, setup: bool) -> Tasks:
    """Return the nearest setups above a teardown, or teardowns below a setup."""
    level = list(task.upstream if setup else task.downstream)
    seen: set[TaskValue] = {task}
    while level:
        found = tuple(other for other in level if (other.is_setup if setup else other.is_teardown))
        if found:
            return found
        seen.update(level)
        around = [other for one in level for other in (*one.downstream, *one.upstream)]
        level = list(dict.fromkeys(other for other in around if other not in seen))
    return ()
