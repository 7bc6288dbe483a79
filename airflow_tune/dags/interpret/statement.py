"""The table of statements, and those without control flow."""

from __future__ import annotations

import ast
from typing import cast

from airflow_tune.dags.interpret import attempt, control, importing, loop, match, objects, operation
from airflow_tune.dags.interpret.assign import assign
from airflow_tune.dags.interpret.run import Execute, Run
from airflow_tune.dags.interpret.signal import Jump, RaisedError, Return, Signal
from airflow_tune.dags.interpret.subscript import delete_item
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call, Function
from airflow_tune.dags.values.klass import Class
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol


def expression(run: Run, node: ast.Expr, scope: Scope) -> Signal:
    """Evaluate an expression for its effect."""
    if not isinstance(node.value, ast.Constant):
        run.evaluate(node.value, scope)
    return None


def assignment(run: Run, node: ast.Assign, scope: Scope) -> Signal:
    """Do `a = b = value`."""
    value = run.evaluate(node.value, scope)
    for target in node.targets:
        assign(run, target, value, scope)
    return None


def annotated(run: Run, node: ast.AnnAssign, scope: Scope) -> Signal:
    """Do `a: type = value`; a bare annotation binds nothing."""
    if node.value is not None:
        assign(run, node.target, run.evaluate(node.value, scope), scope)
    return None


def augmented(run: Run, node: ast.AugAssign, scope: Scope) -> Signal:
    """Do `a += value`; a list grows in place."""
    target = node.target
    load = as_load(node)
    left, right = run.evaluate(load, scope), run.evaluate(node.value, scope)
    if operation.in_place(run, node, left, right, scope):
        assign(run, target, left, scope)
    else:
        assign(run, target, operation.combine(run, node, left, right, scope), scope)
    return None


def as_load(node: ast.AugAssign) -> ast.expr:
    """Return the target as the expression that reads it; it is kept with the node."""
    found = getattr(node, "_load", None)
    if found is None:
        found = ast.copy_location(loading(node.target), node.target)
        node._load = found  # type: ignore[attr-defined]  # noqa: SLF001 - a memory of our own
    return cast("ast.expr", found)


def loading(target: ast.Name | ast.Attribute | ast.Subscript) -> ast.expr:
    """Return a target as the expression that reads it."""
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    return ast.Subscript(target.value, target.slice, ast.Load())


def function(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Signal:
    """Bind a function, decorated."""
    spec = node.args
    defaults = [run.evaluate(default, scope) for default in spec.defaults]
    kw_defaults = [MISSING if d is None else run.evaluate(d, scope) for d in spec.kw_defaults]
    made = Function(node.name, node, scope, defaults, kw_defaults, owner=scope.owner)
    run.bind(scope, node.name, decorated(run, node, made, scope))
    return None


def decorated(
    run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, made: object, scope: Scope
) -> object:
    """Apply decorators, the lowest first."""
    for decorator in reversed(node.decorator_list):
        made = run.call(run.evaluate(decorator, scope), Call([made], {}, node, scope))
    return made


def klass(run: Run, node: ast.ClassDef, scope: Scope) -> Signal:
    """Bind a class, decorated; what an unread decorator returns is taken for the class."""
    made = objects.define(run, node, scope)
    for decorator in reversed(node.decorator_list):
        value = run.evaluate(decorator, scope)
        made.altered = made.altered or isinstance(value, (Symbol, Unknown))
        if isinstance(value, Symbol):
            made.dataclass = made.dataclass or value.last in ("dataclass", "define", "frozen", "attrs", "s")
        elif isinstance(value, Unknown):
            made.dataclass = made.dataclass or "dataclass" in value.reason or "define" in value.reason
        elif not isinstance(value, Class):
            run.call(value, Call([made], {}, node, scope))
    run.bind(scope, node.name, made)
    return None


def returned(run: Run, node: ast.Return, scope: Scope) -> Signal:
    """Return from a function."""
    return Return(run.evaluate(node.value, scope) if node.value else None)


def raised(run: Run, node: ast.Raise, scope: Scope) -> Signal:
    """Raise what the file raises."""
    value = run.evaluate(node.exc, scope) if node.exc else None
    name = value.cls.name if hasattr(value, "cls") and isinstance(value.cls, Class) else exception_name(node)
    raise RaisedError(name, "", node.lineno)


def exception_name(node: ast.Raise) -> str:
    """Return the name of the class that a `raise` names."""
    exc = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    if isinstance(exc, ast.Attribute):
        return exc.attr
    return exc.id if isinstance(exc, ast.Name) else "Exception"


def deleted(run: Run, node: ast.Delete, scope: Scope) -> Signal:
    """Do `del`."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            remove(run, target.id, scope)
        elif isinstance(target, ast.Subscript):
            container = run.evaluate(target.value, scope)
            delete_item(run, container, run.evaluate(target.slice, scope), node.lineno)
    return None


def remove(run: Run, name: str, scope: Scope) -> None:
    """Do `del name`, in doubt or not."""
    names = scope.elsewhere.get(name, scope).names
    if run.doubts and name in names:
        run.put(names, name, Unknown(f"whether {name} is still there", run.doubts[-1].line))
    else:
        names.pop(name, None)


def asserted(run: Run, node: ast.Assert, scope: Scope) -> Signal:
    """Do `assert`: evaluated for its effect, and taken to hold."""
    run.evaluate(node.test, scope)
    return None


def declared(_run: Run, node: ast.Global | ast.Nonlocal, scope: Scope) -> Signal:
    """Do `global` and `nonlocal`."""
    for name in node.names:
        if isinstance(node, ast.Global):
            scope.declare_global(name)
        else:
            scope.declare_nonlocal(name)
    return None


def nothing(_run: Run, _node: ast.stmt, _scope: Scope) -> Signal:
    """Do nothing, as `pass` does."""
    return None


class Statements(dict[type, Execute]):
    """The table; kinds of statements that it does not hold do nothing."""

    def __missing__(self, _kind: type) -> Execute:
        return nothing


STATEMENTS = Statements(
    {
        ast.AnnAssign: annotated,
        ast.Assign: assignment,
        ast.Assert: asserted,
        ast.AsyncFor: loop.loop,
        ast.AsyncFunctionDef: function,
        ast.AsyncWith: control.context,
        ast.AugAssign: augmented,
        ast.Break: lambda _run, _node, _scope: Jump.BREAK,
        ast.ClassDef: klass,
        ast.Continue: lambda _run, _node, _scope: Jump.CONTINUE,
        ast.Delete: deleted,
        ast.Expr: expression,
        ast.For: loop.loop,
        ast.FunctionDef: function,
        ast.Global: declared,
        ast.If: control.branch,
        ast.Import: importing.modules,
        ast.ImportFrom: importing.names,
        ast.Match: match.match,
        ast.Nonlocal: declared,
        ast.Raise: raised,
        ast.Return: returned,
        ast.Try: attempt.attempt,
        getattr(ast, "TryStar", ast.Try): attempt.attempt,
        ast.While: control.repeat,
        ast.With: control.context,
    },
)
