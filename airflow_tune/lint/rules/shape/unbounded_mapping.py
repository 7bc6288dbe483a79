"""AFT206: a mapped task has no limit of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from airflow_tune.dags.model import Dag, Reference, Task
from airflow_tune.findings import Severity
from airflow_tune.lint.dataflow.chain import handed_in
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

DAG_LIMITS = ("max_active_tasks", "concurrency")
LIMITS = ("max_active_tis_per_dag", "max_active_tis_per_dagrun")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield mapped tasks that wait for another task's result and have no limit."""
    for dag in subject.graph.dags:
        if any(isinstance(dag.arguments.get(name), int) for name in DAG_LIMITS):
            continue  # the DAG's author has said how many tasks it may run
        fed = at_run_time(subject, dag) if any(task.mapped for task in dag.tasks) else set()
        for task in dag.tasks:
            pool = task.argument("pool")
            limited = any(task.argument(name) is not None for name in LIMITS) or pool != "default_pool"
            if task.key in fed and not limited:
                message = (
                    f"the mapped task {task.key} may take all slots of its DAG: it has no limit and no pool"
                )
                fix = task_with(subject, task, max_active_tis_per_dagrun="16")
                yield Hit(task.place.line, message, task.place.file, fix)


def at_run_time(subject: Subject, dag: Dag) -> set[str]:
    """Return the mapped tasks of which only a run knows how many instances there are.

    What is mapped over a written list has as many as that, and so has what is mapped over its results, or
    over those of a task that returns such a list.
    """
    waiting = {edge.downstream for edge in dag.edges}
    found: set[str] = set()
    bounded = {task.key for task in dag.tasks if not task.mapped and gives_written(subject, task)}
    for task in dag.tasks:
        if not task.mapped:
            continue
        sources = handed_in(expanded(task) or task.arguments)
        known = sources <= bounded or listed(task) if sources else task.key not in waiting or written(task)
        (bounded if known else found).add(task.key)
    return found


def gives_written(subject: Subject, task: Task) -> bool:
    """Return whether all that a task's function returns are lists as they stand in the source."""
    returns = [body.value(one.value) for body in subject.flow.looks(task) for one in body.returns]
    return bool(returns) and all(
        isinstance(one, (ast.List, ast.Tuple, ast.Dict)) and not spread(one) for one in returns
    )


def spread(node: ast.List | ast.Tuple | ast.Dict) -> bool:
    """Return whether a list or dict takes in others, whose size does not show."""
    parts = node.keys if isinstance(node, ast.Dict) else node.elts
    return any(one is None or isinstance(one, ast.Starred) for one in parts)


def listed(task: Task) -> bool:
    """Return whether a task is given results as parts of a written list only, and none as a whole."""
    return written(task) and not any(isinstance(one, Reference) and one.kind == "xcom" for one in given(task))


def written(task: Task) -> bool:
    """Return whether a task is given a list as it stands in the source."""
    return any(isinstance(one, (list, tuple)) and one for one in given(task))


def expanded(task: Task) -> dict[str, object]:
    """Return the arguments that a task is expanded over, none where they have no names."""
    kwargs = task.arguments.get("op_kwargs")
    held = {**task.arguments, **(kwargs if isinstance(kwargs, Mapping) else {})}
    return {name: held[name] for name in task.over if name in held}


def given(task: Task) -> list[object]:
    """Return what a task is expanded over, or where that has no names, all arguments.

    Those of its function stand for the list that holds them.
    """
    over = expanded(task)
    if over:
        return list(over.values())
    args, kwargs = (task.arguments.get(name) for name in ("op_args", "op_kwargs"))
    found = [value for name, value in task.arguments.items() if name != "op_args"]
    if isinstance(kwargs, Mapping):
        found += kwargs.values()
    decorated = task.operator.startswith("@") and isinstance(args, (list, tuple))
    return [*found, *(args if decorated else [args])]  # type: ignore[misc]


RULE = Rule(
    "AFT206",
    "unbounded-mapping",
    Severity.WARN,
    Explanation(
        what=("A task mapped over a result of run time has neither max_active_tis_per_dag(run) nor a pool."),
        why=(
            "One run can queue thousands of task instances. They hold up the DAG's other tasks, whose "
            "max_active_tasks (16 by default) they fill, and, where that is raised, those of all other DAGs."
        ),
        example="load.expand(table=list_tables())",
        instead="Give the task max_active_tis_per_dagrun, or a pool sized for what it uses.",
        fix="Unsafe: the right limit depends on what the task uses.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
