"""What a declared task is to the scheduler: its pool, weight, limits, and how many instances a run has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflow_tune.dags.model import Dag, Task
from airflow_tune.history.graph import DEFAULT_RETRY_DELAY_S, GraphTask
from airflow_tune.installation.model import DEFAULT_POOL

MAPPED = 10
"""Instances of a mapped task whose number only a run tells: judgement."""
INSTANT = frozenset({"EmptyOperator", "DummyOperator"})
"""Airflow marks these as successful without running them (`DagRun.schedule_tis`)."""


def text(task: Task, name: str, default: str) -> str:
    """Return an argument that is a text, `default` where it is not known."""
    value = task.argument(name)
    return value if isinstance(value, str) else default


def whole(task: Task, *names: str, default: int) -> int:
    """Return the first of the arguments `names` that is a whole number, `default` where none is."""
    values = (task.argument(name) for name in names)
    found = (value for value in values if isinstance(value, int) and not isinstance(value, bool))
    return next(found, default)


def limit(task: Task, *names: str) -> int | None:
    """Return a limit of a task, None where it has none."""
    found = whole(task, *names, default=-1)
    return None if found < 0 else found


def pool(task: Task) -> str:
    """Return the pool that a task names."""
    return text(task, "pool", DEFAULT_POOL)


def instances(task: Task) -> tuple[int, bool]:
    """Return how many instances a DAG run has of `task`, and whether that is a guess.

    A mapped TaskFlow task with one list that stands in the file has as many as that is long.
    """
    if not task.mapped:
        return 1, False
    given = task.argument("op_kwargs")
    values = list(given.values()) if isinstance(given, Mapping) else []
    if len(values) == 1 and isinstance(values[0], (list, tuple, dict)) and not task.argument("op_args"):
        return len(values[0]), False
    return MAPPED, True


def weights(dag: Dag, rule: str) -> dict[str, int]:
    """Return the priority weight of each task by key; `rule` holds where a task names no other.

    As in `task/weight_rule.py`: "downstream" adds the weights of all tasks below, "upstream" of all above.
    """
    own = {task.key: whole(task, "priority_weight", default=1) for task in dag.tasks}
    below: dict[str, set[str]] = {key: set() for key in own}
    above: dict[str, set[str]] = {key: set() for key in own}
    for edge in dag.edges:
        below[edge.upstream].add(edge.downstream)
        above[edge.downstream].add(edge.upstream)
    found = {}
    for task in dag.tasks:
        asked = task.arguments.get("weight_rule", rule)
        near = {"downstream": below, "upstream": above}.get(asked if isinstance(asked, str) else rule)
        reached = _reached(near, task.key) if near else set()
        found[task.key] = own[task.key] + sum(own[key] for key in reached)
    return found


def _reached(near: Mapping[str, set[str]], key: str) -> set[str]:
    seen: set[str] = set()
    left = list(near[key])
    while left:
        one = left.pop()
        if one not in seen:
            seen.add(one)
            left.extend(near[one])
    return seen - {key}


def name_of(task: Task) -> str:
    """Return the name of a task, its place in the file where its id is not known."""
    return task.task_id if isinstance(task.task_id, str) else task.key


def graph(dag: Dag) -> tuple[GraphTask, ...]:
    """Return the tasks of `dag` as a serialized DAG would hold them."""
    names = {task.key: name_of(task) for task in dag.tasks}
    after: dict[str, list[str]] = {}
    for edge in dag.edges:
        after.setdefault(edge.upstream, []).append(names[edge.downstream])
    return tuple(_graph_task(task, after.get(task.key, ())) for task in dag.tasks)


def _graph_task(task: Task, after: Sequence[str]) -> GraphTask:
    return GraphTask(
        name_of(task),
        tuple(after),
        text(task, "trigger_rule", "all_success"),
        task.argument("depends_on_past") is True,
        whole(task, "retries", default=0),
        DEFAULT_RETRY_DELAY_S,
        bool(task.argument("retry_exponential_backoff")),
        limit(task, "max_active_tis_per_dag", "task_concurrency"),
        limit(task, "max_active_tis_per_dagrun"),
    )
