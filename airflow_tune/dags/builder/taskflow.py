"""TaskFlow: `@task` and its variants, `@task_group`, `@dag`, `@setup`, `@teardown`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from airflow_tune.dags.builder import dag, group, member, operator, reference
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Bound, Call, Function
from airflow_tune.dags.values.graph import TaskValue, XCom
from airflow_tune.dags.values.klass import Class
from airflow_tune.dags.values.symbol import Opaque
from airflow_tune.dags.values.taskflow import Decorated, Decorator


def decorate(_run: Run, decorator: Decorator, call: Call) -> object:
    """Call a decorator: with a function it decorates, with arguments it waits for one."""
    target = call.args[0] if call.args else None
    if isinstance(target, Bound):
        target = target.function
    if isinstance(target, Function):
        return wrapped(decorator, target)
    if isinstance(target, Decorated):
        return mark(decorator, target)
    if isinstance(target, Unknown) and decorator.kind != "dag":
        return Unknown(target.reason, target.line or call.line, foreign=target.foreign)
    kwargs = {**decorator.kwargs, **call.kwargs}
    if decorator.kind == "dag" and isinstance(target, str):
        kwargs.setdefault("dag_id", target)
    if decorator.kind == "group" and isinstance(target, str):
        kwargs.setdefault("group_id", target)
    return replace(decorator, kwargs=kwargs, args=tuple(call.args), line=call.line)


def wrapped(decorator: Decorator, function: Function) -> object:
    """Return a function decorated."""
    if decorator.kind in ("setup", "teardown"):
        return mark(decorator, Decorated("task", function, {}))
    if decorator.kind in ("skip_if", "run_if"):
        return function
    return Decorated(decorator.kind, function, dict(decorator.kwargs), decorator.variant)


def mark(decorator: Decorator, made: Decorated) -> object:
    """Return a decorated function marked as setup or teardown; other decorators leave it as it is."""
    if decorator.kind == "setup":
        return replace(made, is_setup=True)
    if decorator.kind == "teardown":
        return replace(made, is_teardown=True)
    return made


def call(run: Run, made: Decorated, arguments: Call) -> object:
    """Call a decorated function."""
    if made.kind == "group":
        return group.build(run, made, arguments)
    if made.kind == "dag":
        return build_dag(run, made, arguments)
    if made.kind == "asset":
        return Opaque("asset")
    return XCom((create(run, made, arguments),))


def build_dag(run: Run, made: Decorated, arguments: Call) -> object:
    """Call a `@dag` function: its arguments become the DAG's parameters."""
    whole = Call([], dict(made.kwargs), arguments.node, arguments.scope)
    found = dag.create(run, whole, made.function.name)
    spec = made.function.node.args
    given = {**dict(zip(made.function.parameters, arguments.args, strict=False)), **arguments.kwargs}
    stubs: dict[str, object] = {name: Opaque("DAG parameter") for name in made.function.parameters}
    if spec.kwarg is not None:
        stubs.update((name, Opaque("DAG parameter")) for name in given)
    dag.enter(run, found)
    try:
        run.call(made.function, Call([], stubs, arguments.node, arguments.scope))
    finally:
        dag.leave(run, found)
    return found


def create(run: Run, made: Decorated, arguments: Call, *, mapped: bool = False) -> TaskValue:
    """Return the task of a TaskFlow call; results passed to it become its upstream."""
    kwargs = {"task_id": made.function.name, **made.kwargs}
    whole = Call([], kwargs, arguments.node, arguments.scope)
    found, around = member.context(run, whole)
    task_id = operator.task_id_of(whole)
    run.budget.spend(len(found.tasks) // 20 if found is not None else 0)  # ids are compared with all others
    kwargs["task_id"] = member.unique(task_id, found, around)
    if made.is_teardown:
        kwargs["trigger_rule"] = "all_done_setup_success"
    task = TaskValue(
        "", task_id, f"@task.{made.variant}" if made.variant else "@task", run.place(arguments), {}
    )
    task.mapped, task.is_setup, task.is_teardown, task.cls = mapped, made.is_setup, made.is_teardown, made
    task = operator.finish(run, task, whole)
    task.arguments["python_callable"] = made.function
    task.arguments["op_args"] = list(arguments.args)
    task.arguments["op_kwargs"] = {**made.partial, **arguments.kwargs}
    reference.upstream_of(run, task, [*made.partial.values(), *arguments.values()], arguments)
    return task


def method(made: Decorated, name: str) -> Callable[[Run, Call], object] | None:
    """Return a method of a decorated function."""
    return {
        "expand": lambda run, call: expand(run, made, call, whole=False),
        "expand_kwargs": lambda run, call: expand(run, made, call, whole=True),
        "override": lambda _run, call: made.with_kwargs(call.kwargs),
        "partial": lambda _run, call: made.with_partial(call.kwargs),
    }.get(name)


def expand(run: Run, made: Decorated, arguments: Call, *, whole: bool) -> object:
    """Do `.expand(...)` or `.expand_kwargs(...)`: one mapped task, or a mapped group."""
    if made.kind == "group":
        return group.expand(run, made, arguments, whole=whole)
    task = create(run, made, arguments, mapped=True)
    task.extra["mapped over"] = tuple(arguments.kwargs)
    return XCom((task,))


def asset(run: Run, made: Decorator, function: Function, call: Call) -> object:
    """Do `@asset`: a DAG of one task, both named as the asset."""
    name = made.kwargs.get("name", made.kwargs.get("dag_id", MISSING))
    label = name if isinstance(name, (str, Unknown)) else function.name
    kwargs: dict[str, object] = {**made.kwargs, "dag_id": label}
    found = dag.create(run, Call([], kwargs, call.node, call.scope), function.name)
    dag.enter(run, found)
    try:
        operator.create(run, None, "@asset", Call([], {"task_id": label}, call.node, call.scope))
    finally:
        dag.leave(run, found)
    return Opaque("asset")


def is_operator_class(value: object) -> bool:
    """Return whether a value is a class of the project that makes tasks."""
    return isinstance(value, Class) and operator.is_operator(value)
