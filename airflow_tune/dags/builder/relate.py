"""Dependencies: `>>`, `<<`, `set_upstream`, `set_downstream` on tasks, results, groups, labels and lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from airflow_tune.dags.builder import member
from airflow_tune.dags.builder.boundary import leaves, roots
from airflow_tune.dags.interpret.iteration import unless_order
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.graph import DagValue, GroupValue, LabelValue, TaskValue, XCom

Node: TypeAlias = "TaskValue | XCom | GroupValue | LabelValue"
NODES = (TaskValue, XCom, GroupValue, LabelValue)


def shift(run: Run, left: object, right: object, call: Call, *, upstream: bool) -> object:
    """Do `left >> right`, or `left << right` with `upstream`; the result is `right`."""
    if isinstance(left, NODES):
        connect(run, left, right, call, upstream=upstream)
    elif isinstance(right, NODES):
        connect(run, right, left, call, upstream=not upstream)
    elif isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        if not run.doubts and not any(isinstance(part, Unknown) for part in (*left, *right)):
            raise RaisedError("TypeError", "two lists cannot be related", call.line)
        lost(run, left, call)
    else:
        lost(run, left, call)
        lost(run, right, call)
    return right


def lost(run: Run, value: object, call: Call) -> None:
    """Doubt the DAGs of tasks that are related to something unknown."""
    reason = Unknown("a dependency on something unknown", call.line)
    parts = value if isinstance(value, (list, tuple)) else [value]
    run.suspect(reason, list(parts))


def connect(run: Run, node: Node, other: object, call: Call, *, upstream: bool) -> None:
    """Set `other`, one or a list, up- or downstream of `node`."""
    if isinstance(node, XCom):
        for task in node.tasks:
            connect(run, task, other, call, upstream=upstream)
        return
    if isinstance(other, (list, tuple, set)):
        reason = unless_order(run.taint_of(other))
        with run.doubting(reason):
            for part in flat(other):
                one(run, node, part, call, upstream=upstream)
        return
    one(run, node, other, call, upstream=upstream)


def flat(values: Sequence[object] | set[object]) -> list[object]:
    """Return the elements, those of inner lists too."""
    found: list[object] = []
    pending = list(values)
    while pending and len(found) < 100_000:  # noqa: PLR2004 - a list that holds itself ends too
        value = pending.pop(0)
        if isinstance(value, (list, tuple)) and value is not values:
            pending[:0] = value
        else:
            found.append(value)
    return found


def one(run: Run, node: Node, other: object, call: Call, *, upstream: bool) -> None:
    """Set one thing up- or downstream of a task, group or label."""
    if isinstance(node, XCom):
        connect(run, node, other, call, upstream=upstream)
    elif not isinstance(other, NODES):
        if isinstance(other, Unknown) or other is not None:
            lost(run, node if not isinstance(node, LabelValue) else node.upstream, call)
            run.suspect(Unknown("a dependency on something unknown", call.line))
    elif isinstance(node, LabelValue):
        label(run, node, other, call, upstream=upstream)
    elif isinstance(node, GroupValue):
        group(run, node, other, call, upstream=upstream)
    else:
        task(run, node, other, call, upstream=upstream)


def task(run: Run, node: TaskValue, other: Node, call: Call, *, upstream: bool) -> None:
    """Relate a task with what is on the other side (`DAGNode._set_relatives`)."""
    if isinstance(other, GroupValue) and not upstream:
        other.upstream.append(node)
    if isinstance(other, LabelValue):
        label(run, other, node, call, upstream=not upstream)
    for relative in leaves(run, other) if upstream else roots(run, other):
        edge(run, relative, node, call) if upstream else edge(run, node, relative, call)


def group(run: Run, node: GroupValue, other: Node, call: Call, *, upstream: bool) -> None:
    """Relate a group's roots or leaves with the other side (`TaskGroup._set_relatives`)."""
    ends = roots(run, node) if upstream else leaves(run, node, or_around=True)
    if upstream and not isinstance(other, GroupValue):
        node.upstream.extend(roots(run, other))
    if isinstance(other, LabelValue) and not ends:
        label(run, other, node, call, upstream=not upstream)
    for end in ends:
        task(run, end, other, call, upstream=upstream)
    if not ends and node.dag is not None:
        run.touch(node.dag)


def label(run: Run, node: LabelValue, other: Node, call: Call, *, upstream: bool) -> None:
    """Keep one side of a label, and join both sides once they are there (`EdgeModifier`)."""
    side = node.upstream if upstream else node.downstream
    side.append(other)
    if node.upstream and node.downstream:
        widen(node)
    far = node.downstream if upstream else node.upstream
    for end in far:
        if isinstance(end, NODES) and not isinstance(end, LabelValue):
            connect(run, end, other, call, upstream=upstream)


def widen(node: LabelValue) -> None:
    """Let tasks of different groups stand for their groups, as Airflow's labels do."""
    groups = {id(group_of(value)) for value in (*node.upstream, *node.downstream)}
    if len(groups) != 1:
        node.upstream = [widened(value) for value in node.upstream]
        node.downstream = [widened(value) for value in node.downstream]


def group_of(value: object) -> GroupValue | None:
    """Return the group that a side of a label belongs to; a group stands for itself."""
    if isinstance(value, GroupValue):
        return value
    if isinstance(value, XCom):
        return value.tasks[0].group if value.tasks else None
    return value.group if isinstance(value, TaskValue) else None


def widened(value: object) -> object:
    """Return the group of a task that is in one; results keep standing for themselves."""
    found = (
        value.group
        if isinstance(value, TaskValue)
        else value.parent
        if isinstance(value, GroupValue)
        else None
    )
    return value if found is None or found.parent is None else found


def edge(run: Run, up: TaskValue, down: TaskValue, call: Call) -> None:
    """Add one edge; a task without a DAG joins the other's."""
    dag = up.dag or down.dag
    if dag is None:
        return
    if up.dag is not None and down.dag is not None and up.dag is not down.dag:
        if run.doubts:
            return
        raise RaisedError("AirflowException", "a dependency between tasks of two DAGs", call.line)
    for one_task in (up, down):
        if one_task.dag is None:
            member.add(run, dag, one_task, call)
    run.touch(dag)
    run.budget.spend()
    up.downstream[down] = None
    down.upstream[up] = None
    dag.edges.setdefault((up.key, down.key), run.place(call))


def dag_of(value: object) -> DagValue | None:
    """Return the DAG of anything that has one."""
    if isinstance(value, XCom):
        return value.tasks[0].dag if value.tasks else None
    return value if isinstance(value, DagValue) else getattr(value, "dag", None)
