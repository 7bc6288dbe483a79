"""Read DAG files without importing them: the graphs that DagBag would build, or why they are unknown."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path, PurePath

from airflow_tune.dags.budget import Budget, BudgetError
from airflow_tune.dags.garbage import Garbage, uncollected
from airflow_tune.dags.interpret.call import call_value
from airflow_tune.dags.interpret.expression import EXPRESSIONS
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.statement import STATEMENTS
from airflow_tune.dags.model import FileGraph, Unknown
from airflow_tune.dags.project import Project, import_root
from airflow_tune.dags.result import dag_of
from airflow_tune.dags.source import might_hold_dags
from airflow_tune.dags.values.graph import DagValue
from airflow_tune.dags.values.klass import Class
from airflow_tune.dags.values.scope import Scope


def read_files(paths: Iterable[Path], root: Path | None = None) -> list[FileGraph]:
    """Return the graphs of files in order; modules that several of them import are read once."""
    projects: dict[Path, Project] = {}
    graphs = []
    with uncollected():
        garbage = Garbage()
        for path in paths:
            found = root or import_root(path.absolute())
            graphs.append(read_file(path, projects.setdefault(found, Project(found))))
            garbage.collect()
    return graphs


def read_file(path: Path, project: Project | None = None) -> FileGraph:
    """Return the graphs of one file; what is wrong with the file is told in the result, not raised."""
    path = path.absolute()
    try:
        data = path.read_bytes()
    except OSError as error:
        return FileGraph(str(path), error=Unknown(f"unreadable: {error.strerror}"))
    if not might_hold_dags(data):
        return FileGraph(str(path))
    return read_source(data, str(path), project or Project(import_root(path)))


def read_source(data: bytes, file: str, project: Project) -> FileGraph:
    """Return the graphs of a source as if it were `file`."""
    with uncollected():
        tree = project.trees.tree(data, file)
        if isinstance(tree, Unknown):
            return FileGraph(file, error=tree)
        return read_tree(tree, file, project)


def read_tree(tree: ast.Module, file: str, project: Project) -> FileGraph:
    """Return the graphs of a parsed source; the tree is not changed."""
    run = Run(project, Budget(), EXPRESSIONS, STATEMENTS, call_value)
    told = ast.get_docstring(tree, clean=False)
    scope = Scope(file=file, names={"__name__": "dag_file", "__file__": file, "__doc__": told})
    error = limit = None
    try:
        run.execute(tree.body, scope)
    except RaisedError as raised:
        # What a helper does with what it is given hangs on more than what was read of it.
        own = raised.file in ("", file)
        error, limit = (raised.unknown, None) if own else (None, in_helper(raised))
    except BudgetError as spent:
        limit = Unknown(str(spent))
    except RecursionError:
        limit = Unknown("expressions are nested too deep to follow")
    except MemoryError:
        limit = Unknown("the file needs more memory than there is")
    except Exception as failure:  # noqa: BLE001 - a fault of the reader ends this file only, and is told
        limit = Unknown(f"the reader failed ({type(failure).__name__}); please report the file")
    for dag in collected(run, scope):
        for reason in (*run.hazards, error, limit):
            if reason is not None:
                dag.doubt(reason)
    graph = FileGraph(file, tuple(dag_of(dag) for dag in collected(run, scope)), error, limit)
    run.loaded.restore()
    forget(run, scope)
    return graph


def in_helper(raised: RaisedError) -> Unknown:
    """Return why a file's reading ends where a function of another file seems to raise."""
    return Unknown(f"a function of {PurePath(raised.file).name} {raised.unknown}")


def forget(run: Run, scope: Scope) -> None:
    """Break the circles among a file's values, so that they go at once and not when garbage is collected."""
    for value in scope.names.values():
        if isinstance(value, Class) and value.file == scope.file:
            value.names.clear()
    for dag in collected(run, scope):
        if dag.place.file != scope.file:
            continue  # a module of the project made it, and other files may import it
        for task in dag.tasks.values():
            task.upstream.clear()
            task.downstream.clear()
        dag.tasks.clear()
        dag.root.children.clear()
    scope.names.clear()


def collected(run: Run, scope: Scope) -> list[DagValue]:
    """Return the DAGs that DagBag would collect: the module's own names and those of `with` blocks."""
    named = [value for value in scope.names.values() if isinstance(value, DagValue)]
    return list({id(dag): dag for dag in [*named, *run.dags]}.values())
