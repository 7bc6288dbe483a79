"""One reading of one file: what is known so far, and what is in doubt."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias, cast

from airflow_tune.dags.budget import Budget
from airflow_tune.dags.builder.setup import Setup
from airflow_tune.dags.interpret.signal import Jump, RaisedError, Signal
from airflow_tune.dags.loaded import Loaded, State
from airflow_tune.dags.model import MISSING, Place, Unknown
from airflow_tune.dags.project import Project
from airflow_tune.dags.values.doubted import CONTAINERS, Doubted
from airflow_tune.dags.values.function import Call, Function
from airflow_tune.dags.values.graph import DagValue, GroupValue, LabelValue, MappedArgument, TaskValue, XCom
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol
from airflow_tune.dags.world import Changeable

Evaluate: TypeAlias = "Callable[[Run, Any, Scope], object]"
Handler: TypeAlias = "Callable[[Run, Call], object]"
Execute: TypeAlias = "Callable[[Run, Any, Scope], Signal]"

GRAPH = (TaskValue, GroupValue, DagValue, XCom, LabelValue, MappedArgument)
"""Airflow's objects: they stand for themselves in doubt too, and their DAG is doubted instead."""
STANDING = (*GRAPH, *CONTAINERS)
UNCHANGING = frozenset(
    {str, int, float, bool, type(None), Unknown, Doubted, Function, Symbol, Instance, Class}
)
"""Kinds that have no DAG and hold no elements: to doubt one of them doubts nothing else."""


@dataclass(slots=True, eq=False)
class Run:
    """The state of the reading; `expressions`, `statements` and `caller` are the interpreter's tables.

    `doubts` says why the code being read may run otherwise or not at all; whatever is added to a DAG
    meanwhile makes it partial. `escapes` are jumps that may have happened: their doubts outlive the
    block that holds them. `bound` lists what was bound in doubt, by dict and key. `hazards` doubt every
    DAG of the file. `risks` counts what may raise, `effects` what changed. `dags` are those that Airflow
    registers by itself.
    """

    project: Project
    budget: Budget
    expressions: dict[type, Evaluate]
    statements: dict[type, Execute]
    caller: Callable[[Run, object, Call], object]
    dags: dict[DagValue, None] = field(default_factory=dict)
    context: list[DagValue] = field(default_factory=list)
    groups: list[GroupValue] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)
    escapes: list[tuple[Jump, Unknown]] = field(default_factory=list)
    bound: list[tuple[dict[str, object], str]] = field(default_factory=list)
    hazards: list[Unknown] = field(default_factory=list)
    tainted: dict[int, tuple[object, Unknown]] = field(default_factory=dict)
    adopted: set[State] = field(default_factory=set)
    setup: Setup = field(default_factory=Setup)
    random: Random | None = None
    risks: int = 0
    effects: int = 0
    trying: int = 0
    loaded: Loaded = field(init=False)
    owners: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.loaded = self.project.loaded()
        self.owners = self.loaded.states.owners

    def evaluate(self, node: ast.expr, scope: Scope) -> object:
        """Return what an expression stands for."""
        kind = type(node)
        if kind is ast.Constant:  # nearly half of all expressions
            return node.value  # type: ignore[attr-defined]
        budget = self.budget
        budget.steps -= 1
        if budget.steps < 0:
            budget.spend(0)
        if kind is ast.Name:  # half of the others, and most of them of the scope itself
            found = scope.names.get(node.id, MISSING)  # type: ignore[attr-defined]
            if found is not MISSING:
                return found
        return self.expressions[kind](self, node, scope)

    def execute(self, body: Sequence[ast.stmt], scope: Scope) -> Signal:
        """Execute statements until one jumps or returns."""
        for node in body:
            budget = self.budget
            budget.steps -= 1
            if budget.steps < 0:
                budget.spend(0)
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

    def doubting(self, reason: Unknown | None) -> Doubting:
        """Keep `reason` in mind; what is bound meanwhile is in doubt afterwards."""
        return Doubting(self, reason)

    def mark(self) -> tuple[int, int, int]:
        """Return where doubts, escapes and bindings stand."""
        return len(self.doubts), len(self.escapes), len(self.bound)

    def settle(self, mark: tuple[int, int, int], *over: Jump) -> None:
        """Leave a block: drop the doubts since `mark` but for jumps out of it that are not `over`."""
        doubts, escapes, bound = mark
        if len(self.doubts) == doubts and len(self.escapes) == escapes:
            if not doubts:
                self.bound.clear()
            return
        if len(self.doubts) > doubts:
            self.wrap(bound, self.doubts[doubts])
            del self.doubts[doubts:]
        if len(self.escapes) > escapes:
            kept = [escape for escape in self.escapes[escapes:] if escape[0] not in over]
            self.escapes[escapes:] = kept
            self.doubts.extend(reason for _, reason in kept)
        if not self.doubts:
            self.bound.clear()

    def wrap(self, since: int, reason: Unknown) -> None:
        """Put in doubt what was bound since."""
        for names, key in self.bound[since:]:
            if key in names:
                names[key] = self.doubtful(names[key], reason)

    def escape(self, jump: Jump, reason: Unknown) -> None:
        """Remember that a jump may have happened; what follows is in doubt."""
        self.escapes.append((jump, reason))
        self.doubts.append(reason)

    def bind(self, scope: Scope, name: str, value: object) -> None:
        """Bind a name, in doubt or not."""
        self.put(scope.elsewhere.get(name, scope).names, name, value)

    def put(self, names: dict[str, object], key: str, value: object) -> None:
        """Set a name or attribute, in doubt or not; what it held before may still be what it holds."""
        if self.doubts:
            self.bound.append((names, key))
            if key in names:
                self.doubt(names[key], self.doubts[-1])
        if id(names) in self.owners:
            self.replace(names, key, value)
        else:
            names[key] = value

    def replace(self, names: dict[str, object], key: str, value: object) -> None:
        """Set a name or attribute, of a module that was read before perhaps, which gets it back."""
        self.loaded.changing(cast("Changeable", names))
        names[key] = value

    def doubtful(self, value: object, reason: Unknown) -> object:
        """Return a value that may be another one: itself where it carries its doubt, else a default."""
        if isinstance(value, Unknown):
            return value
        if type(value) not in UNCHANGING and isinstance(value, STANDING) and value != ():
            self.doubt(value, reason)
            return value
        return Doubted(reason.reason, reason.line, value)

    def doubt(self, value: object, reason: Unknown) -> None:
        """Doubt the DAG of a graph's object, or a container's contents."""
        if type(value) in UNCHANGING:
            return
        if isinstance(value, CONTAINERS):
            if value != ():
                self.taint(value, reason)
        elif isinstance(value, DagValue):
            value.doubt(reason)
        elif isinstance(value, (TaskValue, GroupValue)):
            if value.dag is not None:
                value.dag.doubt(reason)
        elif isinstance(value, (XCom, MappedArgument)):
            for task in value.tasks:
                self.doubt(task, reason)

    def taint(self, container: object, reason: Unknown) -> None:
        """Remember that a container holds what may not be there."""
        self.tainted.setdefault(id(container), (container, reason))

    def taint_of(self, container: object) -> Unknown | None:
        """Return why a container's contents are in doubt."""
        found = self.tainted.get(id(container))
        return found[1] if found else None

    def changing(self, container: Changeable) -> None:
        """Note that a container is about to be changed, in doubt or not."""
        self.effects += 1
        self.loaded.changing(container)
        if self.doubts:
            self.taint(container, self.doubts[-1])

    def touch(self, dag: DagValue | None) -> None:
        """Pass the present doubts on to a DAG that is being changed."""
        self.effects += 1
        if dag is not None:
            self.loaded.touch(dag)
            for reason in self.doubts:
                dag.doubt(reason)

    def hazard(self, reason: Unknown) -> None:
        """Doubt every DAG of the file: anything may have changed."""
        self.hazards.append(reason)

    def suspect(self, reason: Unknown, values: Sequence[object] = ()) -> None:
        """Doubt every DAG that unread code could change: the current one and those passed to it."""
        for dag in self.context[-1:]:
            dag.doubt(reason)
        for value in values:
            dag_of = value if isinstance(value, DagValue) else getattr(value, "dag", None)
            if isinstance(dag_of, DagValue):
                dag_of.doubt(reason)


class Doubting:
    """A block that is read in doubt; a class, as a generator takes three times as long."""

    __slots__ = ("mark", "reason", "run")

    def __init__(self, run: Run, reason: Unknown | None) -> None:
        self.run = run
        self.reason = reason

    def __enter__(self) -> None:
        self.mark = self.run.mark()
        if self.reason is not None:
            self.run.doubts.append(self.reason)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, RaisedError):
            error.doubt = error.doubt or self.reason
        self.run.settle(self.mark)
