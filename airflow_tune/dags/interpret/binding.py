"""What an object makes of its class's attributes: methods, properties, and what stands for itself."""

from __future__ import annotations

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.values.doubted import Doubted
from airflow_tune.dags.values.function import Bound, Call, Function
from airflow_tune.dags.values.klass import Class


def bind(run: Run, found: object, owner: object, cls: Class, call: Call) -> object:
    """Return a class attribute as an instance sees it."""
    if isinstance(found, Doubted):
        with run.doubting(found):
            return run.doubtful(bind(run, found.default, owner, cls, call), found)
    if not isinstance(found, Function):
        return found
    if found.kind == "static":
        return found
    if found.kind == "class":
        return Bound(found, cls)
    if found.kind == "property":
        return run.call(Bound(found, owner), Call([], {}, call.node, call.scope))
    return Bound(found, owner)
