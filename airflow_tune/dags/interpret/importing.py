"""`import` and `from … import`: modules of the project are read, all others are symbols."""

from __future__ import annotations

import ast

from airflow_tune.dags.budget import BudgetError
from airflow_tune.dags.builder.setup import Setup
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError, Signal
from airflow_tune.dags.loaded import State
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.project import Source
from airflow_tune.dags.values.function import Module
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import symbol


def modules(run: Run, node: ast.Import, scope: Scope) -> Signal:
    """Do `import a.b as c`."""
    for alias in node.names:
        name = alias.name if alias.asname else alias.name.partition(".")[0]
        whole = load(run, alias.name, scope, 0)
        value = whole if name == alias.name else load(run, name, scope, 0)
        run.risks += value is None and not symbol(name).standard
        run.bind(scope, alias.asname or name, symbol(name) if value is None else value)
    return None


def names(run: Run, node: ast.ImportFrom, scope: Scope) -> Signal:
    """Do `from a.b import c as d`."""
    module = load(run, node.module or "", scope, node.level)
    base = symbol(absolute(run, node, scope))
    run.risks += module is None and not base.standard
    for alias in node.names:
        if alias.name == "*":
            everything(run, module, base.name, scope)
        else:
            value = member(run, module, node, alias.name, scope)
            run.bind(
                scope, alias.asname or alias.name, base.member(alias.name) if value is MISSING else value
            )
    return None


def absolute(run: Run, node: ast.ImportFrom, scope: Scope) -> str:
    """Return the dotted name of the imported module, for messages and for names of packages."""
    if not node.level:
        return node.module or ""
    return f"{run.project.package(scope.globals.file, node.level)}.{node.module or ''}".strip(".")


def everything(run: Run, module: Module | None, name: str, scope: Scope) -> None:
    """Do `from a import *`."""
    if module is None:
        scope.globals.star = [*scope.globals.star, symbol(name)]
        return
    listed = module.scope.names.get("__all__")
    for key, value in list(module.scope.names.items()):
        if key in listed if isinstance(listed, (list, tuple)) else not key.startswith("_"):
            run.bind(scope, key, value)
    scope.globals.star = [*scope.globals.star, *module.scope.star]


def member(run: Run, module: Module | None, node: ast.ImportFrom, name: str, scope: Scope) -> object:
    """Return a module's name or submodule, MISSING when it has neither."""
    if module is not None and name in module.scope.names:
        return module.scope.names[name]
    inner = load(run, f"{node.module}.{name}" if node.module else name, scope, node.level)
    if inner is not None:
        return inner
    if module is not None and not module.scope.star:
        return Unknown(f"the name {name} of {module.name}", node.lineno, foreign=True)
    return module.scope.star[-1].member(name) if module is not None else MISSING


def load(run: Run, name: str, scope: Scope, level: int) -> Module | None:
    """Return a module of the project, reading it once; None when it is not found there."""
    source = run.project.find(name, scope.globals.file, level)
    if source is None:
        return None
    state = run.loaded.find(source.path) or read(run, source)
    run.loaded.met(state)
    if state not in run.adopted:
        adopt(run, state)
    return state.module


def adopt(run: Run, state: State) -> None:
    """Take over what importing a module does beside binding its name."""
    if not state.running:
        run.adopted.add(state)
        run.loaded.apply(state)
    run.dags.update(state.dags)
    run.tainted.update(state.tainted)
    run.hazards.extend(state.hazards)


def read(run: Run, source: Source) -> State:
    """Execute a module's top level with a budget of its own; it is read once for all files."""
    name = run.project.name(source.path)
    told = ast.get_docstring(source.tree, clean=False)
    scope = Scope(file=source.path, names={"__name__": name, "__file__": source.path, "__doc__": told})
    state = run.loaded.begin(source.path, Module(name, scope, symbol(name)))
    kept = {name: getattr(run, name) for name in OWN}
    reads, run.project.reads = run.project.reads, source.reads
    for field, value in fresh(run).items():
        setattr(run, field, value)
    try:
        executed(run, source, state)
    except BaseException:
        run.loaded.fail(state)
        raise
    finally:
        state.dags, state.hazards, state.tainted = run.dags, run.hazards, run.tainted
        run.project.reads = reads
        for field, value in kept.items():
            setattr(run, field, value)
    run.loaded.end(state)
    return state


LISTS = ("context", "groups", "doubts", "escapes", "bound", "hazards")
TABLES = ("dags", "tainted")
OWN = (*LISTS, *TABLES, "setup", "budget", "adopted")
"""Parts of a run that a module's top level has for itself."""


def fresh(run: Run) -> dict[str, object]:
    """Return these parts as a module finds them."""
    lists: dict[str, object] = {name: [] for name in LISTS}
    tables: dict[str, object] = {name: {} for name in TABLES}
    return {**lists, **tables, "setup": Setup(), "budget": run.budget.fresh(), "adopted": set()}


def executed(run: Run, source: Source, state: State) -> None:
    """Execute a module's top level; one that raises or costs too much is unknown from there on."""
    scope = state.module.scope
    try:
        run.execute(source.tree.body, scope)
    except RaisedError:
        scope.star = [*scope.star, state.module.fallback]
    except BudgetError as spent:
        if run.budget.steps >= 0:
            raise
        scope.star = [*scope.star, state.module.fallback]
        run.hazard(Unknown(f"in the module {state.module.name}: {spent}"))
