"""`import` and `from … import`: modules of the project are read, all others are symbols."""

from __future__ import annotations

import ast

from airflow_tune.dags.builder.setup import Setup
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError, Signal
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
        scope.globals.star.append(symbol(name))
        return
    listed = module.scope.names.get("__all__")
    for key, value in list(module.scope.names.items()):
        if key in listed if isinstance(listed, (list, tuple)) else not key.startswith("_"):
            run.bind(scope, key, value)
    scope.globals.star.extend(module.scope.star)


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
    if source.module is None:
        read(run, source, name)
    else:
        run.dags.extend(dag for dag in source.dags if dag not in run.dags)
        run.tainted.update(source.tainted)
    run.hazards.extend(source.hazards)
    if source.module is not None:
        for value in source.module.scope.names.values():
            if isinstance(value, (list, dict, set)):
                run.shared[id(value)] = source
    return source.module


def read(run: Run, source: Source, name: str) -> None:
    """Execute a module's top level with a budget of its own; it is read once for all files."""
    scope = Scope(file=source.path, names={"__name__": name, "__file__": source.path})
    source.module = Module(name, scope, symbol(f"{name}"))
    context, groups, setup = run.context, run.groups, run.setup
    budget, doubts, known = run.budget, run.doubts, len(run.dags)
    escapes, bound, hazards, tainted = run.escapes, run.bound, run.hazards, run.tainted
    run.context, run.groups, run.setup = [], [], Setup()
    run.doubts, run.escapes, run.bound, run.hazards, run.tainted = [], [], [], [], {}
    run.budget = budget.fresh()
    reads, run.project.reads = run.project.reads, source.reads
    try:
        run.execute(source.tree.body, scope)
    except RaisedError as error:
        scope.star.append(symbol(f"{name}"))
        source.error = error.unknown
    finally:
        run.context, run.groups, run.setup = context, groups, setup
        run.project.reads = reads
        source.dags, source.hazards, source.tainted = run.dags[known:], run.hazards, run.tainted
        run.budget, run.doubts, run.escapes, run.bound = budget, doubts, escapes, bound
        run.hazards, run.tainted = hazards, {**tainted, **source.tainted}
