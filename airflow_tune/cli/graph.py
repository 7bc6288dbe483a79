"""`airflow-tune graph`: the DAGs, tasks and dependencies that files declare, without importing them."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look
from airflow_tune.cli.sourced import reads
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_tune.dags.model import FileGraph
    from airflow_tune.dags.verification import Verification
    from airflow_tune.installation.sources import Sources


class GraphFormat(str, Enum):
    """What `graph` can print."""

    TEXT = "text"
    JSON = "json"
    MERMAID = "mermaid"
    DOT = "dot"


class Oracle(str, Enum):
    """Whom `--verify` can ask beside a serialized DAG."""

    AIRFLOW = "airflow"


@reads("db", "api", "snapshot")
def graph(
    paths: Annotated[
        Optional[list[Path]],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Argument(help="DAG files, and folders that hold some.", show_default=False),
    ] = None,
    *,
    root: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--root",
            help="The folder that modules are imported from.  [default: the nearest one named dags]",
            show_default=False,
        ),
    ] = None,
    sources: Sources,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Compare what files say with --oracle, --db, --api or --snapshot."),
    ] = False,
    oracle: Annotated[
        Optional[Oracle],  # noqa: UP045
        typer.Option("--oracle", help="Whom --verify asks; this one imports the files.", show_default=False),
    ] = None,
    airflow_python: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--airflow-python",
            metavar="PYTHON",
            help="The Python in which --oracle airflow runs.",
            show_default=False,
        ),
    ] = None,
    report_format: Annotated[GraphFormat, typer.Option("--format", help="How to print.")] = GraphFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Show DAGs, tasks and dependencies as Airflow would build them; no file is imported or executed.

    Example: airflow-tune graph dags/ --format json
    """
    from airflow_tune.cli.past import check_sources

    check_sources(sources)
    check(paths, sources, verify=verify, oracle=oracle, python=airflow_python)
    if not verify:
        show(read(paths, root) if paths else [serialized(sources)], report_format, output)
        return
    found = compared(read(paths, root), sources, airflow_python)
    report(found, report_format, output)
    raise typer.Exit(1 if found.wrong else 0)


def check(
    paths: list[Path] | None, sources: Sources, *, verify: bool, oracle: Oracle | None, python: Path | None
) -> None:
    """Raise UsageError where the flags do not say what to read, or whom to ask."""
    stored = sources.live or sources.snapshot is not None
    if (oracle is None) != (python is None):
        raise UsageError(
            "--oracle airflow and --airflow-python go together",
            remedy="give the Python of an environment with Airflow; it imports and so runs the files",
        )
    if not verify and oracle is not None:
        raise UsageError("--oracle is whom --verify asks", remedy="add --verify")
    if verify and (oracle is not None) + stored != 1:
        raise UsageError(
            "--verify compares files with one other answer",
            remedy="give one of --oracle airflow, --db, --api and --snapshot",
        )
    if verify and not paths:
        raise UsageError("--verify compares files", remedy="name DAG files or folders")
    if not verify and bool(paths) == stored:
        raise UsageError(
            "graphs come from files, or from a DB, an API server or a snapshot",
            remedy="name one of them, or both with --verify",
        )


def read(paths: list[Path] | None, root: Path | None) -> list[FileGraph]:
    """Return the graphs of files."""
    from airflow_tune.dags.folder import python_files
    from airflow_tune.dags.reader import read_files

    if root is not None and not root.is_dir():
        raise UsageError("there is no such folder", where=f"--root {root}", remedy="name the import root")
    return read_files(python_files(paths or []), None if root is None else root.absolute())


def serialized(sources: Sources) -> FileGraph:
    """Return the graphs that Airflow serialized."""
    from airflow_tune.installation.graphs import graphs_of, graphs_of_api, graphs_of_db
    from airflow_tune.installation.past import past_of_snapshot
    from airflow_tune.installation.read import database_url, read_installation

    if sources.snapshot is not None:
        return graphs_of(past_of_snapshot(sources.snapshot))
    if sources.api is not None:
        return graphs_of_api(sources.api)
    return graphs_of_db(database_url(sources.db or "", read_installation(sources).settings))


def compared(graphs: list[FileGraph], sources: Sources, python: Path | None) -> Verification:
    """Return what differs between files and the other answer."""
    from airflow_tune.dags.verification import against_airflow, against_serialized

    if python is None:
        return against_serialized(graphs, serialized(sources))
    return against_airflow(graphs, asked(graphs, python))


def asked(graphs: list[FileGraph], python: Path) -> dict[str, dict[str, object]]:
    """Return DagBag's answers for the files, each with its own import root."""
    from airflow_tune.dags.oracle.ask import ask
    from airflow_tune.dags.project import import_root

    roots: dict[Path, list[Path]] = {}
    for one in graphs:
        roots.setdefault(import_root(Path(one.file)), []).append(Path(one.file))
    return {
        name: answer for root, files in roots.items() for name, answer in ask(python, root, files).items()
    }


def show(graphs: Sequence[FileGraph], report_format: GraphFormat, output: Path | None) -> None:
    """Print graphs."""
    from airflow_tune.report.drawing import dot, mermaid
    from airflow_tune.report.graph import graph_json, graph_text
    from airflow_tune.report.jsonable import dump

    if report_format is GraphFormat.TEXT:
        page = look(output)
        emit(graph_text(graphs, width=page.width, colour=page.colour, base=str(Path.cwd())), output)
    elif report_format is GraphFormat.JSON:
        emit(dump(graph_json(graphs)), output)
    else:
        emit(mermaid(graphs) if report_format is GraphFormat.MERMAID else dot(graphs), output)


def report(found: Verification, report_format: GraphFormat, output: Path | None) -> None:
    """Print a comparison."""
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.verification import verification_json, verification_text

    if report_format is GraphFormat.JSON:
        emit(dump(verification_json(found)), output)
    elif report_format is GraphFormat.TEXT:
        page = look(output)
        emit(verification_text(found, width=page.width, colour=page.colour), output)
    else:
        raise UsageError("a comparison is no drawing", remedy="take --format text or json with --verify")
