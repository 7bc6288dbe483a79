"""Where a group begins and ends (`TaskGroup.get_roots`, `get_leaves`)."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.values.graph import GroupValue, LabelValue, TaskValue, XCom


def roots(run: Run, node: object) -> list[TaskValue]:
    """Return the tasks with which something begins."""
    if isinstance(node, TaskValue):
        return [node]
    if isinstance(node, XCom):
        return list(node.tasks)
    if isinstance(node, LabelValue):
        return [task for part in node.downstream for task in roots(run, part)]
    if isinstance(node, GroupValue):
        tasks = node.tasks()
        run.budget.spend(len(tasks))
        inside = set(tasks)
        return [task for task in tasks if inside.isdisjoint(task.upstream)]
    return []


def leaves(run: Run, node: object, *, or_around: bool = False) -> list[TaskValue]:
    """Return the tasks with which something ends.

    `or_around`: an empty group ends where what is upstream of it does, or the group around it.
    """
    if isinstance(node, (TaskValue, XCom)):
        return roots(run, node)
    if isinstance(node, LabelValue):
        return [task for part in node.upstream for task in leaves(run, part)]
    while isinstance(node, GroupValue):
        tasks = node.tasks()
        run.budget.spend(len(tasks))
        found = list(last(tasks))
        if found or not or_around:
            return found
        if node.upstream:
            return node.upstream
        node = node.parent
    return []


def last(tasks: list[TaskValue]) -> Iterator[TaskValue]:
    """Yield the tasks without downstream inside; a teardown is replaced by what it waits for."""
    inside = set(tasks)
    for task in tasks:
        if inside.isdisjoint(task.downstream):
            if task.is_teardown:
                yield from before_teardown(task, inside, 0)
            else:
                yield task


def before_teardown(task: TaskValue, inside: set[TaskValue], depth: int) -> Iterator[TaskValue]:
    """Yield the work that ends before a teardown."""
    for up in task.upstream:
        if up not in inside or depth > len(inside):
            continue
        if up.is_teardown:
            yield from before_teardown(up, inside, depth + 1)
        elif not up.is_setup and not goes_on(up, task, inside):
            yield up


def goes_on(task: TaskValue, teardown: TaskValue, inside: set[TaskValue]) -> bool:
    """Return whether work other than teardowns follows inside."""
    return any(down is not teardown and down in inside and not down.is_teardown for down in task.downstream)
