"""Airflow's own callables by the last part of their name, as 1.10, 2.x and 3.x keep them apart."""

from __future__ import annotations

from collections.abc import Callable

from airflow_tune.dags.builder import dag, group, operator, relate, taskflow
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.known import environment
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call, Function, Known
from airflow_tune.dags.values.graph import LabelValue, TaskValue, XCom
from airflow_tune.dags.values.symbol import Opaque, symbol
from airflow_tune.dags.values.taskflow import Decorated, Decorator

VARIANTS = [
    "python",
    "bash",
    "branch",
    "branch_external_python",
    "branch_virtualenv",
    "external_python",
    "virtualenv",
    "sensor",
    "short_circuit",
    "stub",
    "docker",
    "kubernetes",
    "kubernetes_cmd",
    "pyspark",
    "snowpark",
    "agent",
    "llm",
    "llm_branch",
    "llm_sql",
    "snowflake",
    "sql",
]


def decorator(kind: str, variant: str = "") -> Handler:
    """Return what calling a decorator by name does."""

    def handler(run: Run, call: Call) -> object:
        return taskflow.decorate(run, Decorator(kind, variant), call)

    return handler


def chain(run: Run, call: Call) -> object:
    """Do `chain(a, [b, c], [d, e], f)`: neighbours are related, lists of one length pairwise."""
    for up, down in zip(call.args, call.args[1:], strict=False):
        if isinstance(up, (list, tuple)) and isinstance(down, (list, tuple)):
            if len(up) != len(down) and not (run.taint_of(up) or run.taint_of(down) or run.doubts):
                raise RaisedError("AirflowException", "chain of lists that differ in length", call.line)
            for one, other in zip(up, down, strict=False):
                relate.shift(run, one, other, call, upstream=False)
        else:
            relate.shift(run, up, down, call, upstream=False)
    spread(call)
    return None


def spread(call: Call) -> None:
    """Doubt the tasks of a chain whose elements are not all known."""
    if call.spread is not None:
        for value in call.args:
            found = relate.dag_of(value)
            if found is not None:
                found.doubt(call.spread)


def chain_linear(run: Run, call: Call) -> object:
    """Do `chain_linear(...)`: each element is related with all of the next."""
    for up, down in zip(call.args, call.args[1:], strict=False):
        for one in up if isinstance(up, (list, tuple)) else [up]:
            relate.shift(run, one, down, call, upstream=False)
    spread(call)
    return None


def cross_downstream(run: Run, call: Call) -> object:
    """Do `cross_downstream([a, b], [c, d])`."""
    ups, downs = call.argument(0, "from_tasks"), call.argument(1, "to_tasks")
    for one in ups if isinstance(ups, (list, tuple)) else [ups]:
        relate.shift(run, one, downs, call, upstream=False)
    return None


def label(_run: Run, call: Call) -> object:
    """Do `Label(...)`."""
    return LabelValue(call.argument(0, "label"))


def xcom_arg(_run: Run, call: Call) -> object:
    """Do `XComArg(task, key=…)`."""
    task = call.argument(0, "operator")
    key = call.argument(1, "key", "return_value")
    return (
        XCom((task,), key if isinstance(key, str) else "")
        if isinstance(task, TaskValue)
        else Opaque("XComArg")
    )


def opaque(kind: str) -> Handler:
    """Return a handler that makes an object that says nothing about the graph."""
    return lambda _run, _call: Opaque(kind)


def data_asset(_run: Run, call: Call) -> object:
    """Do `Asset(...)` or `Dataset(...)`, known by its URI, or its name where it has none."""
    found = call.kwargs.get("uri", call.argument(1, "uri", call.argument(0, "name")))
    return Opaque("asset", found if isinstance(found, str) else "")


def asset(_run: Run, _call: Call) -> object:
    """Do `@asset(...)`: the decorated function becomes a DAG of one task."""
    kwargs = dict(_call.kwargs)

    def handler(run: Run, call: Call) -> object:
        function = call.argument(0, "function")
        if isinstance(function, Function):
            return taskflow.asset(run, Decorator("asset", "", kwargs), function, call)
        return Opaque("asset")

    return Known("asset", handler)


def as_given(_run: Run, call: Call) -> object:
    """Return the decorated function itself."""
    return call.argument(0, "f")


def factory(_run: Run, _call: Call) -> object:
    """Return a decorator that returns the function itself."""
    return Known("decorator", as_given)


def task_variant(name: str) -> Handler:
    """Return what `@task.<name>` does."""
    if name in ("skip_if", "run_if"):
        return lambda _run, _call: Known(name, as_given)
    return decorator("task", name)


def partial_of(owner: str) -> Handler | None:
    """Return what `Operator.partial` does, for a name that looks like an operator's."""
    cls = symbol(owner)
    return lambda _run, call: operator.partial(cls, call)


def task_mark(kind: str) -> Handler:
    """Return what `@setup` and `@teardown` do, plain or with arguments."""

    def handler(run: Run, call: Call) -> object:
        target = call.args[0] if call.args else None
        if isinstance(target, (Function, Decorated)):
            return taskflow.decorate(run, Decorator(kind), call)
        return Decorator(kind)

    return handler


def unique_task_id(_run: Run, call: Call) -> object:
    """Do `get_unique_task_id`, which only internals call."""
    return Unknown("a unique task_id", call.line)


def context_wrapper(_run: Run, call: Call) -> object:
    """Do `context_wrapper([tasks])`."""
    return call.argument(0, "tasks")


AIRFLOW: dict[str, Handler] = {
    "Asset": data_asset,
    "AssetAlias": opaque("asset"),
    "DAG": dag.create,
    "Dataset": data_asset,
    "EdgeModifier": label,
    "Label": label,
    "Param": lambda _run, call: call.argument(0, "default"),
    "TaskGroup": group.create,
    "Variable.get": environment.variable,
    "XComArg": xcom_arg,
    "asset": asset,
    "asset.multi": asset,
    "chain": chain,
    "chain_linear": chain_linear,
    "context_wrapper": context_wrapper,
    "cross_downstream": cross_downstream,
    "dag": decorator("dag"),
    "days_ago": opaque("date"),
    "get_unique_task_id": unique_task_id,
    "literal": opaque("literal"),
    "provide_session": as_given,
    "result": as_given,
    "setup": task_mark("setup"),
    "task": decorator("task"),
    "task.run_if": task_variant("run_if"),
    "task.skip_if": task_variant("skip_if"),
    "task_group": decorator("group"),
    "teardown": task_mark("teardown"),
    **{f"task.{name}": task_variant(name) for name in VARIANTS},
    **{f"{name}_task": task_variant(name) for name in VARIANTS},
}
OF_CLASS: dict[str, Callable[[str], Handler | None]] = {"partial": partial_of}
