"""AFT204: a task behind all branches is skipped whenever one of them is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.dags.model import Reference, Task
from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.shape import Shape
from airflow_tune.lint.subject import Subject

LISTS = (ast.List, ast.Tuple, ast.ListComp)
BETTER = "none_failed_min_one_success"


def check(subject: Subject) -> Iterator[Hit]:
    """Yield the first tasks that follow two branches of one decision and want both to succeed."""
    for shape in subject.shapes:
        if shape.dag.complete and shape.small:
            for task in shape.dag.tasks:
                if branches(task):
                    yield from joins(subject, shape, task)


def branches(task: Task) -> bool:
    """Return whether a task chooses among its downstream tasks."""
    name = task.operator
    return name.startswith("@task.branch") or (name.startswith("Branch") and name.endswith("Operator"))


def chosen(subject: Subject, task: Task) -> set[str] | None:
    """Return what a branch may choose, one at a time; none for all, None where it may choose several."""
    if any(isinstance(value, list) for name, value in task.arguments.items() if name.startswith("follow_")):
        return None
    called = task.arguments.get("python_callable")
    if called is None:
        return set()
    if not isinstance(called, Reference):
        return None
    found = [node for node in subject.definitions.get(called.line, ()) if node.name == called.name]
    if not found:
        return set() if called.name == "<lambda>" else None
    return choices(found[0])


def choices(function: ast.AST) -> set[str] | None:
    """Return the texts that a function returns; none where there are others, None for a list of some."""
    inside = nodes(function)
    lists = {
        target.id
        for node in inside
        if isinstance(node, ast.Assign) and isinstance(node.value, LISTS)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    returned = [node.value for node in inside if isinstance(node, ast.Return)]
    if any(isinstance(one, LISTS) or (isinstance(one, ast.Name) and one.id in lists) for one in returned):
        return None
    texts = [one.value for one in returned if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return set(texts) if len(texts) == len(returned) else set()


def joins(subject: Subject, shape: Shape, branch: Task) -> Iterator[Hit]:
    """Yield the joins of one decision."""
    names = chosen(subject, branch)
    if names is None:
        return
    skipped = {
        child: skipped_with(shape, child)
        for child in shape.down.get(branch.key, ())
        if not names or child in names or child.rpartition(".")[2] in names
    }
    for task in shape.dag.tasks:
        ways = [child for child, gone in skipped.items() if task.key in gone]
        first = not any(
            sum(other in gone for gone in skipped.values()) > 1 for other in shape.up.get(task.key, ())
        )
        if len(ways) > 1 and first and wants_all(task):
            message = (
                f"{task.key} is skipped unless {branch.key} chooses all of {', '.join(sorted(ways))}:"
                " it wants all upstream tasks to succeed"
            )
            yield Hit(task.place.line, message, task.place.file, better(subject, task))


def skipped_with(shape: Shape, child: str) -> set[str]:
    """Return the tasks that are skipped when `child` is: those that want all upstream tasks to succeed."""
    found = {child}
    pending = [child]
    while pending:
        for key in shape.down.get(pending.pop(), ()):
            if key not in found and wants_all(shape.tasks[key]):
                found.add(key)
                pending.append(key)
    return found


def wants_all(task: Task) -> bool:
    """Return whether a task runs only when all its upstream tasks succeeded."""
    return task.argument("trigger_rule") == "all_success" and not task.is_teardown


def better(subject: Subject, task: Task) -> Fix | None:
    """Return the fix that gives the task a trigger rule for joins."""
    return task_with(subject, task, trigger_rule=f'"{BETTER}"')


RULE = Rule(
    "AFT204",
    "branch-join-skipped",
    Severity.ERROR,
    Explanation(
        what="A task comes after two or more branches of one decision and has the trigger rule all_success.",
        why=(
            "The branch that was not chosen is skipped, and a task that wants all upstream tasks to succeed "
            "is skipped with it: whatever follows the join never runs, and the run is a success."
        ),
        example="choose >> [full, delta] >> report",
        instead='Set trigger_rule="none_failed_min_one_success" on the join.',
        fix="Unsafe: the join, and what follows it, will run from then on.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#branching",),
    ),
    check,
)
