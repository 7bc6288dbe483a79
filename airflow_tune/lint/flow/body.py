"""One function as rules see it: its calls in order, what its names are bound to, and what it returns.

Loops, calls and bindings are made once and never changed; they are not frozen, as Python makes frozen ones
four times as slowly.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from airflow_tune.dags.tree import nodes
from airflow_tune.lint.index import dotted

Definition = (ast.FunctionDef, ast.AsyncFunctionDef)
Comprehension = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True, eq=False)
class Loop:
    """A loop or one `for` of a comprehension: what it runs over (None for `while`) and the names it binds."""

    node: ast.AST
    over: ast.expr | None
    targets: frozenset[str]


@dataclass(slots=True, eq=False)
class Call:
    """One call: the dotted name it means, the loops around it (outermost first), and the branches."""

    node: ast.Call
    name: str
    loops: tuple[Loop, ...]
    branches: tuple[ast.stmt, ...]

    @property
    def last(self) -> str:
        """Return the last part of the name."""
        return self.name.rpartition(".")[2]

    @property
    def receiver(self) -> ast.expr | None:
        """Return the object whose method is called."""
        return self.node.func.value if isinstance(self.node.func, ast.Attribute) else None

    def keyword(self, name: str) -> ast.expr | None:
        """Return the expression given for a keyword argument."""
        return next((one.value for one in self.node.keywords if one.arg == name), None)

    def argument(self, position: int, *names: str) -> ast.expr | None:
        """Return the argument at a position, or given under one of the names."""
        args = self.node.args
        if len(args) > position and not any(isinstance(one, ast.Starred) for one in args[: position + 1]):
            return args[position]
        return next((one.value for one in self.node.keywords if one.arg in names), None)


@dataclass(slots=True, eq=False)
class Bind:
    """One binding of a name: `how` is assign, with, for, parameter, augment or other; `value` where known."""

    how: str
    value: ast.expr | None
    line: int
    loops: tuple[Loop, ...] = ()


@dataclass(slots=True, eq=False)
class Body:
    """What one walk over a function's own statements found; nested definitions have bodies of their own.

    `outer` is the function or module that it stands in, where names are looked up next; `owner` the name of
    the class whose method it is. `kinds` keeps what its names were found to hold (kinds.name_kind).
    """

    node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef
    aliases: dict[str, str]
    outer: Body | None = None
    owner: str = ""
    calls: list[Call] = field(default_factory=list)
    binds: dict[str, list[Bind]] = field(default_factory=dict)
    loads: dict[str, list[ast.Name]] = field(default_factory=dict)
    returns: list[ast.Return] = field(default_factory=list)
    raises: list[ast.Raise] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    kinds: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the function's name, "" for a module."""
        return "" if isinstance(self.node, ast.Module) else self.node.name

    @property
    def is_method(self) -> bool:
        """Return whether the function is a method of a class."""
        return bool(self.owner)

    def dotted(self, node: ast.expr) -> str:
        """Return the dotted name of an expression, imports resolved."""
        return dotted(node, self.aliases)

    def holder(self, name: str) -> Body | None:
        """Return the nearest body around, this one first, that binds a name."""
        body: Body | None = self
        while body is not None and name not in body.binds:
            body = body.outer
        return body

    def value(self, node: ast.expr | None) -> ast.expr | None:
        """Return what an expression is written as: a name that is bound once stands for its value."""
        for _ in range(8):
            if not isinstance(node, ast.Name):
                return node
            home = self.holder(node.id)
            binds = home.binds[node.id] if home is not None else []
            if len(binds) != 1 or binds[0].how != "assign" or binds[0].value is None:
                return node
            node = binds[0].value
        return node

    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the parents of a node, nearest first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """Return the statement that a node belongs to."""
        if isinstance(node, ast.stmt):
            return node
        return next((one for one in self.up(node) if isinstance(one, ast.stmt)), None)


def names_in(node: ast.AST | None) -> set[str]:
    """Return the names that an expression or statement reads or writes."""
    return set() if node is None else {one.id for one in nodes(node) if isinstance(one, ast.Name)}


def is_name(node: ast.expr | None, name: str) -> bool:
    """Return whether an expression is a certain name."""
    return isinstance(node, ast.Name) and node.id == name
