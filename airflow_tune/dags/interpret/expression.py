"""The table of expressions, and those that need no more than a few lines."""

from __future__ import annotations

import ast
import builtins

from airflow_tune.dags.interpret import (
    attribute,
    comparison,
    comprehension,
    doubt,
    operation,
    subscript,
    text,
)
from airflow_tune.dags.interpret.call import call_node
from airflow_tune.dags.interpret.iteration import elements, unless_order
from airflow_tune.dags.interpret.lift import unknown_of
from airflow_tune.dags.interpret.run import Evaluate, Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import follow, truth
from airflow_tune.dags.known import BUILTINS
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call, Function
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import symbol


def constant(_run: Run, node: ast.Constant, _scope: Scope) -> object:
    """Evaluate a literal."""
    return node.value


def name(run: Run, node: ast.Name, scope: Scope) -> object:
    """Evaluate a name: of the file, a builtin, or of a package imported whole."""
    found = scope.find(node.id)
    if found is MISSING:
        found = BUILTINS.get(node.id, MISSING)
    if found is not MISSING:
        return found
    star = scope.globals.star
    if star:
        return star[-1].member(node.id)
    if run.doubts:
        return Unknown(f"the name {node.id}", node.lineno)
    if node.id.startswith("__") or hasattr(builtins, node.id):
        return symbol(f"builtins.{node.id}")
    raise RaisedError("NameError", f"name {node.id!r} is not defined", node.lineno)


def sequence(run: Run, nodes: list[ast.expr], scope: Scope) -> tuple[list[object], Unknown | None]:
    """Evaluate the elements of a list, tuple or set, `*` included, with the doubt they bring."""
    found: list[object] = []
    doubt = None
    for node in nodes:
        if type(node) is ast.Constant:
            found.append(node.value)
        elif type(node) is ast.Starred:
            value = run.evaluate(node.value, scope)
            inner, reason = elements(run, value, Call([], {}, node, scope))
            found.extend(inner)
            doubt = doubt or reason
        else:
            found.append(run.evaluate(node, scope))
    return found, doubt


def list_of(run: Run, node: ast.List, scope: Scope) -> object:
    """Evaluate a list display."""
    found, reason = sequence(run, node.elts, scope)
    if reason:
        run.taint(found, reason)
    return found


def tuple_of(run: Run, node: ast.Tuple, scope: Scope) -> object:
    """Evaluate a tuple display."""
    found, reason = sequence(run, node.elts, scope)
    result = tuple(found)
    return run.doubtful(result, reason) if reason else result


def set_of(run: Run, node: ast.Set, scope: Scope) -> object:
    """Evaluate a set display."""
    found, reason = sequence(run, node.elts, scope)
    try:
        result = set(found)
    except TypeError as error:
        raise RaisedError("TypeError", str(error), node.lineno) from None
    reason = unless_order(reason) or unknown_of(found, node.lineno)
    if reason:
        run.taint(result, reason)
    return result


def dict_of(run: Run, node: ast.Dict, scope: Scope) -> object:
    """Evaluate a dict display, `**` included."""
    found: dict[object, object] = {}
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = value_node.value if type(value_node) is ast.Constant else run.evaluate(value_node, scope)
        if key_node is None:
            merge(run, found, value, node.lineno)
            continue
        key = key_node.value if type(key_node) is ast.Constant else run.evaluate(key_node, scope)
        if isinstance(key, Unknown):
            run.taint(found, Unknown(key.reason, key.line or node.lineno))
            key = follow(key)
        try:
            found[key] = value
        except TypeError as error:
            raise RaisedError("TypeError", str(error), node.lineno) from None
    return found


def merge(run: Run, found: dict[object, object], value: object, line: int) -> None:
    """Do `{**value}`."""
    reason = run.taint_of(value)
    inner = follow(value)
    if isinstance(inner, dict):
        found.update(inner)
    if not isinstance(value, dict):
        known = isinstance(value, Unknown)
        reason = Unknown(value.reason, value.line or line) if known else Unknown("keys of an object", line)  # type: ignore[attr-defined]
    if reason is not None:
        run.taint(found, reason)


def conditional(run: Run, node: ast.IfExp, scope: Scope) -> object:
    """Evaluate `a if test else b`; where the test is unknown, the default's side is the default."""
    verdict = truth(run, run.evaluate(node.test, scope))
    if not isinstance(verdict, Unknown):
        return run.evaluate(node.body if verdict else node.orelse, scope)
    reason = Unknown(verdict.reason, verdict.line or node.lineno)
    if verdict.default is MISSING:
        chosen = doubt.evaluated(run, reason, lambda: run.evaluate(node.body, scope))
        other = doubt.evaluated(run, reason, lambda: run.evaluate(node.orelse, scope))
        return doubt.joined(run, chosen, other, reason)
    taken, left = (node.body, node.orelse) if verdict.default else (node.orelse, node.body)
    chosen = doubt.evaluated(run, reason, lambda: run.evaluate(taken, scope))
    doubt.abandon(run, reason, [left], scope)
    return run.doubtful(chosen, reason)


def lambda_of(run: Run, node: ast.Lambda, scope: Scope) -> object:
    """Evaluate a lambda to a function."""
    spec = node.args
    defaults = [run.evaluate(default, scope) for default in spec.defaults]
    kw_defaults = [MISSING if d is None else run.evaluate(d, scope) for d in spec.kw_defaults]
    return Function("<lambda>", node, scope, defaults, kw_defaults)


def walrus(run: Run, node: ast.NamedExpr, scope: Scope) -> object:
    """Evaluate `name := value`."""
    value = run.evaluate(node.value, scope)
    run.bind(scope.function, node.target.id, value)
    return value


def yielded(run: Run, node: ast.Yield, scope: Scope) -> object:
    """Collect what a generator yields; what is sent to it is unknown."""
    value = run.evaluate(node.value, scope) if node.value else None
    if scope.take is not None:
        scope.take(value)
    return Unknown("what is sent to a generator", node.lineno)


def yielded_from(run: Run, node: ast.YieldFrom, scope: Scope) -> object:
    """Collect what a generator yields from another."""
    found, reason = elements(run, run.evaluate(node.value, scope), Call([], {}, node, scope))
    with run.doubting(reason):
        for value in found:
            if scope.take is not None:
                scope.take(value)
    return Unknown("what a generator returns", node.lineno)


def awaited(run: Run, node: ast.Await, scope: Scope) -> object:
    """Evaluate `await value` as the value."""
    return run.evaluate(node.value, scope)


def slice_of(run: Run, node: ast.Slice, scope: Scope) -> object:
    """Evaluate `a:b:c`; an unknown bound makes the slice unknown."""
    bounds = [
        None if part is None else run.evaluate(part, scope) for part in (node.lower, node.upper, node.step)
    ]
    for bound in bounds:
        if not (bound is None or isinstance(bound, int)):
            return bound if isinstance(bound, Unknown) else Unknown("a bound of a slice", node.lineno)
    return slice(*bounds)


def starred(run: Run, node: ast.Starred, scope: Scope) -> object:
    """Evaluate a lone `*value`, which only subscripts may hold."""
    return run.evaluate(node.value, scope)


def not_followed(_run: Run, node: ast.expr, _scope: Scope) -> object:
    """Evaluate an expression of a later Python to unknown."""
    return Unknown(f"a {type(node).__name__} expression", node.lineno)


class Expressions(dict[type, Evaluate]):
    """The table; kinds of expressions that it does not hold evaluate to unknown."""

    def __missing__(self, _kind: type) -> Evaluate:
        return not_followed


EXPRESSIONS = Expressions(
    {
        ast.Attribute: attribute.attribute,
        ast.Await: awaited,
        ast.BinOp: operation.binary,
        ast.BoolOp: operation.boolean,
        ast.Call: call_node,
        ast.Compare: comparison.compare,
        ast.Constant: constant,
        ast.Dict: dict_of,
        ast.DictComp: comprehension.dict_of,
        ast.FormattedValue: text.formatted,
        ast.GeneratorExp: comprehension.generator,
        ast.IfExp: conditional,
        ast.JoinedStr: text.joined,
        ast.Lambda: lambda_of,
        ast.List: list_of,
        ast.ListComp: comprehension.list_of,
        ast.Name: name,
        ast.NamedExpr: walrus,
        ast.Set: set_of,
        ast.SetComp: comprehension.set_of,
        ast.Slice: slice_of,
        ast.Starred: starred,
        ast.Subscript: subscript.subscript,
        ast.Tuple: tuple_of,
        ast.UnaryOp: operation.unary,
        ast.Yield: yielded,
        ast.YieldFrom: yielded_from,
    },
)
