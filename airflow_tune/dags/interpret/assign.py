"""Assignment to names, attributes, items and patterns of those."""

from __future__ import annotations

import ast
from typing import cast

from airflow_tune.dags.builder import attributes
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.subscript import set_item
from airflow_tune.dags.interpret.truth import is_plain
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Bound, Call, Function, Module
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue, XCom
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.world import Changeable


def assign(run: Run, target: ast.expr, value: object, scope: Scope) -> None:
    """Bind `value` to a target of any form."""
    if type(target) is ast.Name:
        run.bind(scope, target.id, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        unpack(run, target, value, scope)
    elif isinstance(target, ast.Attribute):
        owner = run.evaluate(target.value, scope)
        set_attribute(run, owner, target.attr, value, Call([], {}, target, scope))
    elif isinstance(target, ast.Subscript):
        container = run.evaluate(target.value, scope)
        key = run.evaluate(target.slice, scope)
        set_item(run, container, key, value, Call([], {}, target, scope))
    elif isinstance(target, ast.Starred):
        assign(run, target.value, value, scope)


def unpack(run: Run, target: ast.Tuple | ast.List, value: object, scope: Scope) -> None:
    """Bind the elements of `value` to the targets; of something unknown, each is unknown."""
    values, reason = elements(run, value, Call([], {}, target, scope))
    found = list(values)
    stars = [i for i, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
    if reason is not None and len(found) != len(target.elts):
        found = [reason] * len(target.elts)
    elif stars:
        head, tail = stars[0], len(target.elts) - stars[0] - 1
        cut = max(len(found) - tail, head)
        found = [*found[:head], found[head:cut], *found[cut:]]
    if len(found) != len(target.elts):
        raise RaisedError("ValueError", "the number of values to unpack does not fit", target.lineno)
    for part, element in zip(target.elts, found, strict=True):
        assign(run, part, doubted(element, reason), scope)


def doubted(value: object, reason: Unknown | None) -> object:
    """Return a plain value as a mere default where it is in doubt."""
    if reason is None or not is_plain(value):
        return value
    return Unknown(reason.reason, reason.line, value)


def set_attribute(run: Run, owner: object, name: str, value: object, call: Call) -> None:
    """Do `owner.name = value`."""
    run.effects += 1
    if isinstance(owner, Instance):
        found = owner.cls.find(name)
        setter = found.attributes.get("setter") if isinstance(found, Function) else None
        if isinstance(setter, Function):
            run.call(Bound(setter, owner), Call([value], {}, call.node, call.scope))
        else:
            run.put(owner.attributes, name, value)
    elif isinstance(owner, (DagValue, TaskValue, GroupValue, XCom)):
        attributes.set_on_graph(run, owner, name, value, call)
    elif isinstance(owner, (Class, Module)):
        run.put(owner.names if isinstance(owner, Class) else owner.scope.names, name, value)
    elif isinstance(owner, Function):
        run.loaded.keep(cast("Changeable", owner.attributes))
        run.put(owner.attributes, name, value)
    elif isinstance(owner, Unknown):
        with run.doubting(owner):
            set_attribute(run, owner.default, name, value, call)
