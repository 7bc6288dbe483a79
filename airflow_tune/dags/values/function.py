"""Things that can be called: functions of the read files, methods, and functions known by name."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from airflow_tune.dags.model import Unknown
from airflow_tune.dags.tree import children
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol


@dataclass(slots=True, eq=False)
class Call:
    """One call: its arguments, the node it was written as, and where.

    `spread` is set when `*` or `**` of an unknown value was passed: further arguments may exist.
    """

    args: list[object]
    kwargs: dict[str, object]
    node: ast.expr | ast.stmt
    scope: Scope
    spread: Unknown | None = None

    @property
    def line(self) -> int:
        """Return the line of the call."""
        return self.node.lineno

    def argument(self, position: int, name: str, default: object = None) -> object:
        """Return an argument given by position or name."""
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[position] if position < len(self.args) else default

    def values(self) -> list[object]:
        """Return all arguments."""
        return [*self.args, *self.kwargs.values()]


@dataclass(slots=True, eq=False)
class Function:
    """A `def` or `lambda` with the scope it was written in and its evaluated defaults."""

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: list[object]
    kw_defaults: list[object]
    kind: str = ""
    owner: object = None
    attributes: dict[str, object] = field(default_factory=dict)
    active: int = 0

    @property
    def is_generator(self) -> bool:
        """Return whether the body yields."""
        found = getattr(self.node, "_yields", None)
        if found is None:
            found = self.node._yields = yields(self.node)  # type: ignore[union-attr]  # noqa: SLF001 - a memory of our own
        return bool(found)

    @property
    def parameters(self) -> list[str]:
        """Return the names of the parameters that can be passed by keyword, in order."""
        spec = self.node.args
        return [arg.arg for arg in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]


YIELDS = frozenset({ast.Yield, ast.YieldFrom})
APART = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Constant, ast.Name, ast.Load}
)
"""Nodes that hold no yield of the function around them."""


def yields(node: ast.AST) -> bool:
    """Return whether a function's own body holds a yield."""
    pending = list(getattr(node, "body", ()))
    while pending:
        child = pending.pop()
        kind = type(child)
        if kind in YIELDS:
            return True
        if kind in APART:
            continue
        pending.extend(children(child))
    return False


@dataclass(slots=True, eq=False)
class Bound:
    """A function with its first argument."""

    function: Function
    owner: object


@dataclass(slots=True, eq=False)
class Method:
    """A method of a plain Python value, such as `"a".join`."""

    owner: object
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A function whose effect is known without reading it."""

    name: str
    handler: Callable[..., object]


@dataclass(frozen=True, slots=True, eq=False)
class Curried:
    """`functools.partial`: a callable with some arguments already given."""

    function: object
    args: list[object]
    kwargs: dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A module of the project that was read."""

    name: str
    scope: Scope
    fallback: Symbol
