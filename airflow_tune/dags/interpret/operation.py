"""Operators: arithmetic, comparison, and/or/not, and `>>`, `<<`, `|` on Airflow's objects."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import cast

from airflow_tune.dags.budget import fits
from airflow_tune.dags.builder import relate
from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.truth import certain, follow, is_plain, truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Bound, Call, Function
from airflow_tune.dags.values.klass import Instance
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol

BIG = 4096
"""Bits of an integer that an operation may make."""


def bounded_power(base: object, exponent: object) -> object:
    """Return `base ** exponent` unless the result is huge."""
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * abs(exponent) > BIG:
        return Unknown("a power too big to work out")
    return cast("object", operator.pow(base, exponent))


def bounded_shift(left: object, right: object) -> object:
    """Return `left << right` unless the result is huge."""
    if isinstance(right, int) and right > BIG:
        return Unknown("a shift too big to work out")
    return operator.lshift(left, right)


def bounded_product(left: object, right: object) -> object:
    """Return `left * right` unless it repeats a container too often."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, int) and isinstance(other, (str, bytes, list, tuple)):
            if not fits(one * len(other)):
                return Unknown("a repetition too big to build")
        elif isinstance(one, int) and one.bit_length() > BIG:
            return Unknown("a product too big to work out")
    return cast("object", operator.mul(left, right))


def bounded_format(text: object, values: object) -> object:
    """Return `text % values` unless a width in it is huge."""
    if isinstance(text, str) and any(part.isdigit() for part in text.split("%") if len(part) > BIG):
        return Unknown("a format too wide to build")
    if isinstance(text, str) and wide(text):
        return Unknown("a format too wide to build")
    return cast("object", operator.mod(text, values))


def wide(text: str) -> bool:
    """Return whether a format holds a number of five digits or more, or a width by argument."""
    run = 0
    for character in text:
        run = run + 1 if character.isdigit() else 0
        if run > 4:  # noqa: PLR2004 - five digits of width are more than any text needs
            return True
    return "*" in text


BINARY: dict[type, Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: bounded_product,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: bounded_format,
    ast.Pow: bounded_power,
    ast.LShift: bounded_shift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
    ast.MatMult: operator.matmul,
}
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
SPECIAL: dict[type, str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.LShift: "__lshift__",
    ast.RShift: "__rshift__",
    ast.BitOr: "__or__",
    ast.Mod: "__mod__",
    ast.Div: "__truediv__",
}


def binary(run: Run, node: ast.BinOp, scope: Scope) -> object:
    """Evaluate `left op right`; long chains are walked without recursion."""
    chain = [node]
    while isinstance(chain[-1].left, ast.BinOp):
        chain.append(chain[-1].left)
    value = run.evaluate(chain[-1].left, scope)
    for link in reversed(chain):
        run.budget.spend()
        value = combine(run, link, value, run.evaluate(link.right, scope), scope)
    return value


def combine(run: Run, node: ast.BinOp | ast.AugAssign, left: object, right: object, scope: Scope) -> object:
    """Return `left op right` for values of any kind."""
    kind = type(node.op)
    if isinstance(left, Instance):
        method = left.cls.find(SPECIAL.get(kind, ""))
        if isinstance(method, Function):
            return run.call(Bound(method, left), Call([right], {}, node, scope))
    if kind in (ast.RShift, ast.LShift) and not (isinstance(left, int) and isinstance(right, int)):
        return relate.shift(run, left, right, Call([], {}, node, scope), upstream=kind is ast.LShift)
    if is_plain(left) and is_plain(right):
        return join(run, BINARY[kind], left, right, node.lineno)
    return lift(BINARY[kind], (left, right), node.lineno)


def join(
    run: Run, function: Callable[[object, object], object], left: object, right: object, line: int
) -> object:
    """Combine plain values; doubt in a container's contents passes to the result."""
    result = lift(function, (left, right), line)
    for container in (left, right):
        if isinstance(container, (list, dict, tuple, set)) and (reason := run.taint_of(container)):
            run.taint(result, reason)
    return result


def boolean(run: Run, node: ast.BoolOp, scope: Scope) -> object:
    """Evaluate `and`/`or` as far as Python would, the first operand of unknown truth deciding by default."""
    stops_at = isinstance(node.op, ast.Or)
    value: object = None
    for operand in node.values:
        value = run.evaluate(operand, scope)
        verdict = truth(value)
        if isinstance(verdict, Unknown):
            return in_doubt(run, node, value, verdict, scope)
        if verdict is stops_at:
            return value
    return value


def in_doubt(run: Run, node: ast.BoolOp, value: object, reason: Unknown, scope: Scope) -> object:
    """Return what `value or rest` is when `value` is unknown: its default, else the last operand's."""
    if reason.default is not MISSING:
        if bool(reason.default) is isinstance(node.op, ast.Or):
            return value
        rest = run.evaluate(node.values[-1], scope)
        return Unknown(reason.reason, reason.line or node.lineno, follow(rest), reason.foreign)
    if isinstance(node.op, ast.And):
        return Unknown(reason.reason, reason.line or node.lineno, foreign=reason.foreign)
    rest = run.evaluate(node.values[-1], scope)
    return Unknown(
        reason.reason, reason.line or node.lineno, rest if is_plain(rest) else MISSING, reason.foreign
    )


def unary(run: Run, node: ast.UnaryOp, scope: Scope) -> object:
    """Evaluate `not`, `-`, `+`, `~`."""
    value = run.evaluate(node.operand, scope)
    if isinstance(node.op, ast.Not):
        verdict = truth(value)
        return lift(operator.not_, (verdict,), node.lineno)
    table = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert}
    return lift(table[type(node.op)], (value,), node.lineno)  # type: ignore[arg-type]


def compare(run: Run, node: ast.Compare, scope: Scope) -> object:
    """Evaluate a comparison, chained ones too."""
    left = run.evaluate(node.left, scope)
    result: object = True
    for kind, operand in zip(node.ops, node.comparators, strict=True):
        right = run.evaluate(operand, scope)
        result = compared(type(kind), left, right, node.lineno)
        if result is not True:
            return result
        left = right
    return result


def compared(kind: type, left: object, right: object, line: int) -> object:
    """Compare two values of any kind."""
    if kind in (ast.Is, ast.IsNot):
        return identical(left, right, line, same=kind is ast.Is)
    if is_plain(left) and is_plain(right):
        return lift(COMPARE[kind], (left, right), line)
    if kind in (ast.Eq, ast.NotEq) and certain(left) and certain(right):
        return (left is right) is (kind is ast.Eq)
    if kind in (ast.Eq, ast.NotEq) and isinstance(left, Symbol) and left is right:
        return kind is ast.Eq
    if kind in (ast.In, ast.NotIn) and isinstance(right, (list, tuple, dict, set)) and certain(left):
        return (left in right) is (kind is ast.In)
    return lift(COMPARE[kind], (left, right), line)


def identical(left: object, right: object, line: int, *, same: bool) -> object:
    """Evaluate `is`; an object that was made somewhere is not None, one merely named may be."""
    if isinstance(left, Instance) or isinstance(right, Instance) or (certain(left) and certain(right)):
        return (left is right) is same
    return lift(lambda a, b: (a is b) is same, (left, right), line)
