"""One reading of one file: what is known so far, and what is in doubt."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias

from airflow_tune.dags.budget import Budget
from airflow_tune.dags.builder.setup import Setup
from airflow_tune.dags.interpret.signal import Signal
from airflow_tune.dags.model import Place, Unknown
from airflow_tune.dags.project import Project
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.graph import DagValue, GroupValue
from airflow_tune.dags.values.scope import Scope

Evaluate: TypeAlias = "Callable[[Run, Any, Scope], object]"
Handler: TypeAlias = "Callable[[Run, Call], object]"
Execute: TypeAlias = "Callable[[Run, Any, Scope], Signal]"


@dataclass(slots=True, eq=False)
class Run:
    """The state of the reading; `expressions`, `statements` and `caller` are the interpreter's tables.

    `doubts` says why the code being read may run otherwise or not at all; whatever is added to a DAG
    meanwhile makes it partial. `dags` are those that Airflow registers by itself.
    """

    project: Project
    budget: Budget
    expressions: dict[type, Evaluate]
    statements: dict[type, Execute]
    caller: Callable[[Run, object, Call], object]
    dags: list[DagValue] = field(default_factory=list)
    context: list[DagValue] = field(default_factory=list)
    groups: list[GroupValue] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)
    tainted: dict[int, tuple[object, Unknown]] = field(default_factory=dict)
    setup: Setup = field(default_factory=Setup)
    random: Random | None = None

    def evaluate(self, node: ast.expr, scope: Scope) -> object:
        """Return what an expression stands for."""
        kind = type(node)
        if kind is ast.Constant:  # nearly half of all expressions
            return node.value  # type: ignore[attr-defined]
        budget = self.budget
        budget.steps -= 1
        if budget.steps < 0:
            budget.spend(0)
        return self.expressions[kind](self, node, scope)

    def execute(self, body: Sequence[ast.stmt], scope: Scope) -> Signal:
        """Execute statements until one jumps or returns."""
        for node in body:
            self.budget.spend()
            signal = self.statements[type(node)](self, node, scope)
            if signal is not None:
                return signal
        return None

    def call(self, function: object, call: Call) -> object:
        """Return the result of a call."""
        return self.caller(self, function, call)

    def place(self, call: Call) -> Place:
        """Return where a call is written."""
        return Place(call.scope.globals.file, call.line)

    @contextmanager
    def doubting(self, reason: Unknown | None) -> Iterator[None]:
        """Keep `reason` in mind, and drop the doubts that arise inside."""
        before = len(self.doubts)
        if reason is not None:
            self.doubts.append(reason)
        try:
            yield
        finally:
            del self.doubts[before:]

    def taint(self, container: object, reason: Unknown) -> None:
        """Remember that a container holds what may not be there."""
        self.tainted.setdefault(id(container), (container, reason))

    def taint_of(self, container: object) -> Unknown | None:
        """Return why a container's contents are in doubt."""
        found = self.tainted.get(id(container))
        return found[1] if found else None

    def changed(self, container: object) -> None:
        """Note that a container was changed, in doubt or not."""
        if self.doubts:
            self.taint(container, self.doubts[-1])

    def touch(self, dag: DagValue | None) -> None:
        """Pass the present doubts on to a DAG that is being changed."""
        if dag is not None:
            for reason in self.doubts:
                dag.doubt(reason)

    def suspect(self, reason: Unknown, values: Sequence[object] = ()) -> None:
        """Doubt every DAG that unread code could change: the current one and those passed to it."""
        for dag in self.context[-1:]:
            dag.doubt(reason)
        for value in values:
            dag_of = value if isinstance(value, DagValue) else getattr(value, "dag", None)
            if isinstance(dag_of, DagValue):
                dag_of.doubt(reason)
