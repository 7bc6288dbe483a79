"""The walk over one function: it gathers what a Body holds."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from airflow_tune.dags.tree import children
from airflow_tune.lint.flow.body import Bind, Body, Call, Comprehension, Definition, Loop, names_in

Context = tuple[tuple[Loop, ...], tuple[ast.stmt, ...]]
SPECIAL = frozenset(Comprehension)
BRANCHES = (ast.If, ast.Try, ast.With, ast.AsyncWith)


def walk(body: Body) -> Body:
    """Fill a body from its node, and return it."""
    walker = Walker(body)
    if isinstance(body.node, Definition):
        walker.parameters(body.node.args)
    walker.below(body.node, body.node.body, ((), ()))
    return body


@dataclass(slots=True)
class Walker:
    """Visits the statements of one body; recursion is as deep as the source is nested."""

    body: Body

    def parameters(self, spec: ast.arguments) -> None:
        """Bind a function's parameters."""
        extra = [one for one in (spec.vararg, spec.kwarg) if one is not None]
        for one in [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *extra]:
            self.bind(one.arg, Bind("parameter", one.annotation, one.lineno))

    def bind(self, name: str, bind: Bind) -> None:
        """Note one binding."""
        self.body.binds.setdefault(name, []).append(bind)

    def below(self, parent: ast.AST, found: Iterable[ast.AST], context: Context) -> None:
        """Visit nodes below a parent."""
        parents = self.body.parents
        for node in found:
            parents[node] = parent
            kind = type(node)
            if kind is ast.Name:
                self.name(cast("ast.Name", node))
            elif kind in SPECIAL or isinstance(node, ast.stmt):
                self.special(node, context)
            elif kind is not ast.Constant:
                self.below(node, children(node), context)
                if kind is ast.Call:
                    self.call(cast("ast.Call", node), context)

    def name(self, node: ast.Name) -> None:
        """Note where a name is read."""
        if isinstance(node.ctx, ast.Load):
            self.body.loads.setdefault(node.id, []).append(node)

    def call(self, node: ast.Call, context: Context) -> None:
        """Note a call, behind those inside it."""
        self.body.calls.append(Call(node, self.body.dotted(node.func), *context))

    def special(self, node: ast.AST, context: Context) -> None:
        """Visit a definition, a comprehension or a statement."""
        if isinstance(node, (*Definition, ast.ClassDef)):
            self.bind(node.name, Bind("other", None, node.lineno))
        elif isinstance(node, ast.stmt):
            self.statement(node, context)
        else:
            self.comprehension(node, context)

    def children(self, node: ast.AST, context: Context) -> None:
        """Visit all fields of a node."""
        self.below(node, children(node), context)

    def statement(self, node: ast.stmt, context: Context) -> None:
        """Note what a statement binds, returns or raises, then visit what it holds."""
        loops, branches = context
        if isinstance(node, (ast.For, ast.AsyncFor)):
            self.assign(node.target, node.iter, "for", loops)
            self.below(node, (node.target, node.iter), context)
            self.loop(node, node.iter, node.target, context)
        elif isinstance(node, ast.While):
            self.loop(node, None, node.test, context)
        elif isinstance(node, BRANCHES):
            if isinstance(node, (ast.With, ast.AsyncWith)):
                self.items(node.items, loops)
            self.children(node, (loops, (*branches, node)))
        else:
            self.note(node, loops)
            self.children(node, context)

    def note(self, node: ast.stmt, loops: tuple[Loop, ...]) -> None:
        """Note a simple statement."""
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self.assign(target, node.value, "assign", loops)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.assign(node.target, node.value, "assign", loops)
        elif isinstance(node, ast.AugAssign):
            self.assign(node.target, node.value, "augment", loops)
        elif isinstance(node, ast.Return):
            self.body.returns.append(node)
        elif isinstance(node, ast.Raise):
            self.body.raises.append(node)

    def assign(self, target: ast.expr, value: ast.expr, how: str, loops: tuple[Loop, ...]) -> None:
        """Bind the names of a target; those of a tuple get the value at their place."""
        if isinstance(target, ast.Name):
            self.bind(target.id, Bind(how, value, target.lineno, loops))
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) and how == "assign" else []
            for number, one in enumerate(target.elts):
                if len(parts) == len(target.elts):
                    self.assign(one, parts[number], how, loops)
                else:
                    for name in names_in(one):
                        self.bind(name, Bind("other", value, target.lineno, loops))

    def items(self, items: list[ast.withitem], loops: tuple[Loop, ...]) -> None:
        """Bind the names of `with ... as name`."""
        for item in items:
            if item.optional_vars is not None:
                self.assign(item.optional_vars, item.context_expr, "with", loops)

    def loop(
        self,
        node: ast.For | ast.AsyncFor | ast.While,
        over: ast.expr | None,
        target: ast.expr,
        context: Context,
    ) -> None:
        """Visit a loop's body inside the loop, and what comes after it outside."""
        loops, branches = context
        names = frozenset(names_in(target)) if over is not None else frozenset()
        one = Loop(node, over, names)
        self.body.loops.append(one)
        inside: Context = ((*loops, one), branches)
        if over is None:
            self.below(node, (target,), inside)
        self.below(node, node.body, inside)
        self.below(node, node.orelse, context)

    def comprehension(self, node: ast.AST, context: Context) -> None:
        """Visit a comprehension: its element stands in all its loops, what they run over in those before."""
        loops, branches = context
        for part in node.generators:  # type: ignore[attr-defined]
            self.body.parents[part] = node
            self.below(part, (part.iter,), (loops, branches))
            one = Loop(node, part.iter, frozenset(names_in(part.target)))
            self.body.loops.append(one)
            self.assign(part.target, part.iter, "for", loops)
            loops = (*loops, one)
            self.below(part, (part.target, *part.ifs), (loops, branches))
        parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)  # type: ignore[attr-defined]
        self.below(node, parts, (loops, branches))
