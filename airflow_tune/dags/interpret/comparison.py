"""Comparisons: `==`, `<`, `in`, `is` and their kin, on values of any kind."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable

from airflow_tune.dags.interpret.equality import concerns, equal
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.lift import lift, within
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.truth import certain, is_plain, truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.doubted import CONTAINERS
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.klass import Instance
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.stream import Stream
from airflow_tune.dags.values.symbol import Symbol

COMPARE: dict[type, Callable[..., object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, container: operator.contains(container, item),
    ast.NotIn: lambda item, container: not operator.contains(container, item),
}


def compare(run: Run, node: ast.Compare, scope: Scope) -> object:
    """Evaluate a comparison, chained ones too."""
    left = run.evaluate(node.left, scope)
    result: object = True
    for kind, operand in zip(node.ops, node.comparators, strict=True):
        right = run.evaluate(operand, scope)
        result = compared(run, type(kind), left, right, node.lineno)
        if result is not True:
            return result
        left = right
    return result


def compared(run: Run, kind: type, left: object, right: object, line: int) -> object:
    """Compare two values of any kind."""
    if kind in (ast.Is, ast.IsNot):
        return identical(run, left, right, line, same=kind is ast.Is)
    if kind in (ast.In, ast.NotIn) and not isinstance(left, Unknown):
        return contained(run, left, right, line, inside=kind is ast.In)
    if is_plain(left) and is_plain(right):
        return lift(run, COMPARE[kind], (left, right), line)
    found = same(run, left, right, line) if kind in (ast.Eq, ast.NotEq) else None
    if found is None:
        return lift(run, COMPARE[kind], (left, right), line)
    return found if kind is ast.Eq else opposite(found)


def same(run: Run, left: object, right: object, line: int) -> bool | Unknown | None:
    """Return whether two objects are equal, None where neither they nor their classes tell."""
    if concerns(left, right):
        return equal(run, left, right, line, lambda a, b: compared(run, ast.Eq, a, b, line))
    if certain(left) and certain(right):
        return left is right
    return True if isinstance(left, Symbol) and left is right else None


def opposite(verdict: bool | Unknown) -> bool | Unknown:  # noqa: FBT001 - a value of the read code
    """Return `not verdict`."""
    if not isinstance(verdict, Unknown):
        return not verdict
    default = not verdict.default if isinstance(verdict.default, bool) else MISSING
    return Unknown(verdict.reason, verdict.line, default, verdict.foreign)


def contained(run: Run, left: object, right: object, line: int, *, inside: bool) -> object:
    """Evaluate `left in right`: what is surely there is found whatever else may be there."""
    if isinstance(right, Stream):
        right = list(elements(run, right, Call([], {}, ast.Constant(None, lineno=line), Scope()))[0])
    if not isinstance(right, CONTAINERS):
        return lift(run, COMPARE[ast.In if inside else ast.NotIn], (left, right), line)
    objects = type(left) is Instance or Instance in map(type, right)
    if objects and any(concerns(left, part) for part in right) and run.taint_of(right) is None:
        return among(run, left, right, line, inside=inside)
    plain = is_plain(left)
    reason = run.taint_of(right) or (within(run, left) if plain else None)
    if (
        reason is None
        and (plain or certain(left))
        and any(part is left or (plain and alike(part, left)) for part in right)
    ):
        return inside
    if reason is None:
        reason = next((found for part in right if (found := unsure(run, part, left))), None)
    if reason is None:
        return not inside
    return Unknown(reason.reason, reason.line or line, (left in right) is inside if plain else MISSING)


def among(run: Run, left: object, right: Iterable[object], line: int, *, inside: bool) -> object:
    """Evaluate `left in right` where objects of the project are compared."""
    reason: Unknown | None = None
    for part in right:
        verdict = part is left or truth(run, compared(run, ast.Eq, left, part, line))
        if verdict is True:
            return inside
        reason = verdict if isinstance(verdict, Unknown) else reason
    return (
        not inside if reason is None else Unknown(reason.reason, reason.line or line, foreign=reason.foreign)
    )


def alike(part: object, wanted: object) -> bool:
    """Return whether two plain values are equal."""
    return is_plain(part) and part == wanted


def unsure(run: Run, part: object, wanted: object) -> Unknown | None:
    """Return why it is unknown whether an element is the one that is looked for."""
    if type(part) is str and type(wanted) is str:
        return None
    if isinstance(part, Unknown):
        return part
    if isinstance(part, Symbol) or not (is_plain(wanted) or certain(wanted)):
        return Unknown("whether two objects are equal")
    return within(run, part) if isinstance(wanted, CONTAINERS) else None


def identical(run: Run, left: object, right: object, line: int, *, same: bool) -> object:
    """Evaluate `is`; an object that was made somewhere is not None, one merely named may be."""
    made = isinstance(left, Instance) or isinstance(right, Instance)
    if (made and not isinstance(left, Unknown) and not isinstance(right, Unknown)) or (
        certain(left) and certain(right)
    ):
        return (left is right) is same
    return lift(run, lambda a, b: (a is b) is same, (left, right), line, shallow=True)
