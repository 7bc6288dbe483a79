"""Attributes and methods of Airflow's objects, and classes of the project that derive from theirs."""

from __future__ import annotations

import re
from collections.abc import Callable

from airflow_tune.dags.builder import dag as dags
from airflow_tune.dags.builder import group, member, operator, reference, relate, taskflow
from airflow_tune.dags.builder.setup import Setup
from airflow_tune.dags.interpret.binding import bind
from airflow_tune.dags.interpret.invoke import invoke
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call, Function, Known
from airflow_tune.dags.values.graph import DagValue, GroupValue, MappedArgument, TaskValue, XCom
from airflow_tune.dags.values.klass import Class
from airflow_tune.dags.values.symbol import Symbol
from airflow_tune.dags.values.taskflow import Decorated, Decorator, OperatorPartial

BASE = re.compile(r"(Operator|Sensor|TaskGroup|DAG)$")
"""Last names of the bases whose `__init__` makes a part of a graph."""


def of_graph(run: Run, value: object, name: str, call: Call) -> object:
    """Return an attribute or method of a DAG, task, group, result or label."""
    extra = getattr(value, "extra", {})
    if name in extra:
        return extra[name]
    cls = getattr(value, "cls", None)
    found = cls.find(name) if isinstance(cls, Class) else MISSING
    if isinstance(cls, Class) and found is not MISSING:
        return bind(run, found, value, cls, call)
    method = METHODS.get((type(value), name)) or METHODS.get((object, name))
    if method is not None:
        return Known(name, lambda run_, call_: method(run_, value, call_))
    return plain(value, name, call)


def plain(value: object, name: str, call: Call) -> object:
    """Return an attribute that is no method."""
    if isinstance(value, DagValue):
        return dags.attribute(value, name, call)
    if isinstance(value, XCom):
        return of_xcom(value, name, call)
    known = of_task(value, name) if isinstance(value, TaskValue) else of_group(value, name)
    if isinstance(value, TaskValue) and isinstance(known, dict) and known is value.arguments.get(name):
        return Unknown(f"what an operator adds to its {name}", call.line, known)
    return Unknown(f"the attribute {name} of a task or group", call.line) if known is MISSING else known


def of_xcom(value: XCom, name: str, call: Call) -> object:
    """Return an attribute of a result, most of which are its task's."""
    if name == "operator" and value.tasks:
        return value.tasks[0]
    return plain(value.tasks[0], name, call) if value.tasks else Unknown(f"the attribute {name}", call.line)


def of_task(task: TaskValue, name: str) -> object:
    """Return an attribute of a task."""
    known: dict[str, object] = {
        "output": XCom((task,)),
        "task_id": task.task_id,
        "node_id": task.task_id,
        "dag": task.dag,
        "task_group": task.group,
        "upstream_list": list(task.upstream),
        "downstream_list": list(task.downstream),
        "upstream_task_ids": {up.key for up in task.upstream},
        "downstream_task_ids": {down.key for down in task.downstream},
        "task_type": task.operator,
    }
    return known[name] if name in known else task.arguments.get(name, MISSING)


def of_group(value: object, name: str) -> object:
    """Return an attribute of a group."""
    if not isinstance(value, GroupValue):
        return MISSING
    known = {"group_id": value.group_id, "dag": value.dag, "children": dict(value.children)}
    return known.get(name, MISSING)


def of_mapped(_run: Run, value: MappedArgument, _name: str, _call: Call) -> object:
    """Return an attribute of a mapped argument, which stands for the same tasks."""
    return value


def of_decorated(_run: Run, value: Decorated, name: str, call: Call) -> object:
    """Return a method of a decorated function, or the function."""
    if name in ("function", "__wrapped__"):
        return value.function
    if name == "__name__":
        return value.function.name
    method = taskflow.method(value, name)
    return (
        Known(name, method) if method else Unknown(f"the attribute {name} of a TaskFlow function", call.line)
    )


def of_decorator(_run: Run, value: Decorator, name: str, _call: Call) -> object:
    """Return `task.branch` of `task`."""
    return Decorator("task", name) if value.kind == "task" else value


def of_partial(_run: Run, value: OperatorPartial, name: str, _call: Call) -> object:
    """Return `.expand` and `.expand_kwargs` of a half-given operator."""
    return Known(name, lambda run, call: operator.expand(run, value, call))


def class_method(cls: Class, name: str) -> object:
    """Return `.partial` of an operator class of the project."""
    return Known(name, lambda _run, call: operator.partial(cls, call))


def set_upstream(run: Run, value: object, call: Call) -> object:
    """Do `.set_upstream(other)`."""
    if isinstance(value, relate.NODES):
        relate.connect(run, value, call.argument(0, "task_or_task_list"), call, upstream=True)
    return None


def set_downstream(run: Run, value: object, call: Call) -> object:
    """Do `.set_downstream(other)`."""
    if isinstance(value, relate.NODES):
        relate.connect(run, value, call.argument(0, "task_or_task_list"), call, upstream=False)
    return None


def as_setup(_run: Run, value: object, _call: Call) -> object:
    """Do `.as_setup()`."""
    for task in relatives(value):
        task.is_setup = True
    return value


def as_teardown(run: Run, value: object, call: Call) -> object:
    """Do `.as_teardown(setups=…)`: the setups come before."""
    given = call.kwargs.get("setups")
    setups = given if isinstance(given, (list, tuple)) else [given]
    for task in relatives(value):
        task.is_teardown = True
        task.arguments["trigger_rule"] = "all_done_setup_success"
        for one in setups:
            for setup in relatives(one):
                setup.is_setup = True
                relate.edge(run, setup, task, call)
    return value


def relatives(value: object) -> list[TaskValue]:
    """Return the tasks that a task or result stands for."""
    return [value] if isinstance(value, TaskValue) else list(value.tasks) if isinstance(value, XCom) else []


def together(_run: Run, value: XCom, call: Call) -> object:
    """Do `.map`, `.zip` and `.concat` of results."""
    others = [task for other in call.args for task in reference.references(other)]
    return XCom(tuple(dict.fromkeys([*value.tasks, *others])))


def add_to_group(run: Run, value: GroupValue, call: Call) -> object:
    """Do `group.add(task)`."""
    task = call.argument(0, "task")
    if isinstance(task, TaskValue) and task.dag is None and value.dag is not None:
        task.group = value
        task.task_id = value.child_id(task.task_id)
        member.add(run, value.dag, task, call)
    return task


def add_to_block(value: Setup, call: Call) -> object:
    """Do `context.add_task(task)` in a `with setup:` block."""
    for task in relatives(call.argument(0, "task")):
        value.note(task)
    return None


def nothing(_run: Run, _value: object, call: Call) -> object:
    """Do what does not change the graph, such as `dag.test()`."""
    return Unknown("the result of a method of a DAG, task or group", call.line)


METHODS: dict[tuple[type, str], Callable[..., object]] = {
    (DagValue, "add_task"): dags.add_task,
    (DagValue, "get_task"): dags.get_task,
    (GroupValue, "add"): add_to_group,
    (XCom, "concat"): together,
    (XCom, "map"): together,
    (XCom, "zip"): together,
    (object, "as_setup"): as_setup,
    (object, "as_teardown"): as_teardown,
    (object, "cli"): nothing,
    (object, "set_downstream"): set_downstream,
    (object, "set_upstream"): set_upstream,
    (object, "test"): nothing,
}


def set_on_graph(run: Run, owner: object, name: str, value: object, call: Call) -> None:
    """Do `dag.name = value`, `task.name = value` …; a result among template fields adds an edge."""
    if isinstance(owner, XCom):
        owner = owner.tasks[0] if owner.tasks else owner
    if isinstance(owner, TaskValue) and name == "dag" and isinstance(value, DagValue) and owner.dag is None:
        member.add(run, value, owner, call)
    elif isinstance(owner, TaskValue) and name in ("is_setup", "is_teardown"):
        run.touch(owner.dag)
        setattr(owner, name, bool(value))
    elif isinstance(owner, (TaskValue, DagValue)):
        run.put(owner.arguments, name, value)
        run.put(owner.extra, name, value)
        if isinstance(owner, TaskValue) and name not in reference.BASE_ARGUMENTS and owner.dag is not None:
            reference.upstream_of(run, owner, [value], call)
    elif isinstance(owner, GroupValue):
        run.put(owner.extra, name, value)


def unbound_init(function: Symbol, call: Call) -> bool:
    """Return whether a call is `BaseOperator.__init__(self, ...)` or the like."""
    base = function.name.split(".")[-2:-1]
    graph = bool(call.args) and isinstance(call.args[0], (TaskValue, DagValue, GroupValue))
    return function.last == "__init__" and graph and any(map(BASE.search, base))


def base_init(owner: object, cls: object) -> Handler:
    """Return what `super().__init__` does for an object of the project whose base is Airflow's."""

    def init(run: Run, call: Call) -> object:
        if isinstance(owner, TaskValue):
            operator.base_init(run, owner, call)
        elif isinstance(owner, DagValue):
            made = dags.create(run, call)
            owner.dag_id, owner.arguments = made.dag_id, made.arguments
        elif isinstance(owner, GroupValue):
            adopt(owner, group.create(run, call))
        elif isinstance(cls, Class) and any(getattr(base, "foreign", False) for base in cls.outside()):
            run.suspect(Unknown(f"what the base of {cls.name} does", call.line, foreign=True))
        return None

    return init


def adopt(owner: GroupValue, made: GroupValue) -> None:
    """Let an object of the project be the group that its base made."""
    owner.name, owner.dag, owner.parent = made.name, made.dag, made.parent
    owner.prefix, owner.default_args = made.prefix, made.default_args
    if made.parent is not None:
        made.parent.children.update((k, owner) for k, v in list(made.parent.children.items()) if v is made)


def construct(run: Run, cls: Class, call: Call) -> object:
    """Return the DAG or group that a class of the project deriving from theirs makes; None for others."""
    if cls.derives("DAG"):
        value: DagValue | GroupValue = DagValue(
            Unknown("a DAG whose __init__ was not followed"), run.place(call), {}, cls=cls
        )
        plain_init: Callable[..., object] = dags.create
    elif cls.derives("TaskGroup"):
        value, plain_init = GroupValue("", None, None, cls=cls), group.create
    else:
        return None
    init = cls.find("__init__")
    if not isinstance(init, Function):
        return plain_init(run, call)
    invoke(run, init, Call([value, *call.args], call.kwargs, call.node, call.scope, call.spread))
    return value
