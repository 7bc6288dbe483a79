"""TaskGroups: created by `TaskGroup(...)` and `@task_group`, plain and mapped."""

from __future__ import annotations

import re

from airflow_tune.dags.builder import member, reference, relate
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import follow
from airflow_tune.dags.model import Name, Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.graph import DagValue, GroupValue, MappedArgument, TaskValue
from airflow_tune.dags.values.taskflow import Decorated


def create(run: Run, call: Call) -> GroupValue:
    """Do `TaskGroup(...)`."""
    name = call.argument(0, "group_id")
    dag, around = member.context(run, call)
    parent = call.argument(2, "parent_group")
    if isinstance(parent, GroupValue):
        around, dag = parent, parent.dag or dag
    if not isinstance(name, (str, Unknown)):
        name = Unknown("a group_id that is not text", call.line)
    prefix = follow(call.argument(1, "prefix_group_id", default=True))
    found = GroupValue(name, dag, around, prefix=bool(prefix))
    if dag is not None:
        join(run, dag, found, call)
    found.default_args = defaults(around, call.argument(4, "default_args"))
    return found


def defaults(around: GroupValue | None, own: object) -> dict[str, object]:
    """Return a group's default_args over those of the group around it."""
    merged = dict(around.default_args) if around is not None else {}
    inner = follow(own)
    if isinstance(inner, dict):
        merged.update((key, value) for key, value in inner.items() if isinstance(key, str))
    return merged


def join(run: Run, dag: DagValue, group: GroupValue, call: Call) -> None:
    """Give a group an id of its own in the DAG and put it into the group around it."""
    run.touch(dag)
    group_id = group.group_id
    if isinstance(group_id, Unknown):
        dag.doubt(Unknown(f"a group_id depends on {group_id.reason}", group_id.line or call.line))
        group_id = f"?{call.line}.{len(dag.used_ids)}"
    elif group_id in dag.used_ids:
        if follow(call.argument(8, "add_suffix_on_collision", default=False)):
            group.name = next_name(dag, str(group.name))
        elif not run.doubts and not dag.doubts:
            raise RaisedError("DuplicateTaskIdFound", f"group_id {group_id!r} is taken", call.line)
        group_id = str(group.group_id)
    dag.used_ids.update({group_id, f"{group_id}.upstream_join_id", f"{group_id}.downstream_join_id"})
    if group.parent is not None:
        group.parent.children[group_id] = group


def next_name(dag: DagValue, name: str) -> Name:
    """Return a group's name with the suffix that Airflow gives to a repeated one."""
    base = re.split(r"__\d+$", name)[0]
    pattern = re.compile(rf"{re.escape(base)}__(\d+)$")
    suffixes = [int(match[1]) for match in map(pattern.match, dag.used_ids) if match]
    return f"{base}__{max(suffixes) + 1}" if suffixes else f"{name}__1"


def enter(run: Run, group: GroupValue) -> None:
    """Open `with group:`."""
    run.groups.append(group)


def leave(run: Run, group: GroupValue, call: Call) -> None:
    """Close `with group:`; a mapped group follows the tasks that it expands over."""
    run.groups.pop()
    for task in group.references:
        relate.connect(run, group, task, call, upstream=True)


def build(run: Run, made: Decorated, call: Call, over: tuple[TaskValue, ...] | None = None) -> object:
    """Call a `@task_group` function: return its result, or the group when it returns nothing.

    `over` are the tasks whose results a mapped group expands over.
    """
    kwargs = {"group_id": made.function.name, "add_suffix_on_collision": True, **made.kwargs}
    group = create(run, Call([], kwargs, call.node, call.scope))
    if over is not None:
        group.mapped = True
        group.references = list(over)
    enter(run, group)
    try:
        inner = Call(call.args, {**made.partial, **call.kwargs}, call.node, call.scope, call.spread)
        result = run.call(made.function, inner)
    finally:
        leave(run, group, call)
    return group if result is None else result


def expand(run: Run, made: Decorated, call: Call, *, whole: bool) -> object:
    """Do `.expand(...)`, or with `whole` `.expand_kwargs(...)`, of a task group."""
    over = tuple(task for value in call.values() for task in reference.references(value))
    names = (
        [name for name in made.function.parameters if name not in made.partial]
        if whole
        else list(call.kwargs)
    )
    stubs: dict[str, object] = {name: MappedArgument(over) for name in names}
    return build(run, made, Call([], stubs, call.node, call.scope, call.spread), over)
