"""Operators: arithmetic, comparison, and/or/not, and `>>`, `<<`, `|` on Airflow's objects."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast

from airflow_tune.dags.budget import fits
from airflow_tune.dags.builder import relate
from airflow_tune.dags.interpret import doubt
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.lift import lift, within
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.truth import follow, is_plain, truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.clock import Clock
from airflow_tune.dags.values.doubted import CONTAINERS
from airflow_tune.dags.values.function import Bound, Call, Function
from airflow_tune.dags.values.klass import Instance
from airflow_tune.dags.values.scope import Scope

FIVE_DIGITS = re.compile(r"\d{5}")
"""A width that no text needs."""
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
    return "*" in text or FIVE_DIGITS.search(text) is not None


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
SETS: dict[type, Callable[[set[object], object], object]] = {
    ast.BitOr: operator.ior,
    ast.BitAnd: operator.iand,
    ast.Sub: operator.isub,
    ast.BitXor: operator.ixor,
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
    if type(left) is Clock and type(right) is timedelta:
        run.risks += 1
        return left
    return lift(run, BINARY[kind], (left, right), node.lineno)


def join(
    run: Run, function: Callable[[object, object], object], left: object, right: object, line: int
) -> object:
    """Combine plain values; doubt in a container's contents passes to the result."""
    shallow = isinstance(left, (list, tuple)) and isinstance(right, (list, tuple, int))
    if isinstance(left, dict) and isinstance(right, dict):
        shallow = True
    result = lift(run, function, (left, right), line, shallow=shallow)
    for container in (left, right):
        if shallow and isinstance(container, CONTAINERS) and (reason := run.taint_of(container)):
            return run.doubtful(result, reason)
    return result


def boolean(run: Run, node: ast.BoolOp, scope: Scope) -> object:
    """Evaluate `and`/`or` as far as Python would, the first operand of unknown truth deciding by default."""
    return operands(run, node, 0, scope)


def operands(run: Run, node: ast.BoolOp, first: int, scope: Scope) -> object:
    """Evaluate the operands from `first` on; what follows one of unknown truth is evaluated in doubt."""
    stops_at = isinstance(node.op, ast.Or)
    value: object = None
    for index in range(first, len(node.values)):
        value = run.evaluate(node.values[index], scope)
        verdict = truth(run, value)
        if isinstance(verdict, Unknown):
            return undecided(run, node, index + 1, value, verdict, scope)
        if verdict is stops_at:
            return value
    return value


def undecided(  # noqa: PLR0917 - the operand, and where the rest begins
    run: Run, node: ast.BoolOp, index: int, value: object, verdict: Unknown, scope: Scope
) -> object:
    """Return `value or rest` where the truth of `value` is unknown, by its default where it has one."""
    if index == len(node.values):
        return value
    stops_at = isinstance(node.op, ast.Or)
    reason = Unknown(verdict.reason, verdict.line or node.lineno, foreign=verdict.foreign)
    if verdict.default is not MISSING and bool(verdict.default) is stops_at:
        doubt.abandon(run, reason, node.values[index:], scope)
        return run.doubtful(value, reason)
    rest = doubt.evaluated(run, reason, lambda: operands(run, node, index, scope))
    known = follow(rest)
    if verdict.default is MISSING and not (stops_at and is_plain(known)):
        return reason
    return Unknown(reason.reason, reason.line, known, reason.foreign)


def unary(run: Run, node: ast.UnaryOp, scope: Scope) -> object:
    """Evaluate `not`, `-`, `+`, `~`."""
    value = run.evaluate(node.operand, scope)
    if isinstance(node.op, ast.Not):
        verdict = truth(run, value)
        return (
            lift(run, operator.not_, (verdict,), node.lineno) if isinstance(verdict, Unknown) else not verdict
        )
    table = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert}
    return lift(run, table[type(node.op)], (value,), node.lineno)  # type: ignore[arg-type]


def in_place(run: Run, node: ast.AugAssign, left: object, right: object, scope: Scope) -> bool:
    """Do `left op= right` where a container is changed and not replaced; return whether it was."""
    kind = type(node.op)
    if isinstance(left, list) and kind is ast.Add:
        found, reason = elements(run, right, Call([], {}, node, scope))
        new = list(found)
        run.budget.spend(len(new))
        run.changing(left)
        left.extend(new)
    elif isinstance(left, list) and kind is ast.Mult and isinstance(right, int) and fits(len(left) * right):
        run.changing(left)
        left *= right
        reason = None
    elif isinstance(left, dict) and kind is ast.BitOr and isinstance(right, dict):
        run.changing(left)
        left.update(right)
        reason = run.taint_of(right)
    elif isinstance(left, set) and isinstance(right, (set, frozenset)) and kind in SETS:
        run.changing(left)
        SETS[kind](left, right)
        reason = run.taint_of(right) or within(run, right)
    else:
        return False
    if reason is not None:
        run.taint(left, reason)
    return True
