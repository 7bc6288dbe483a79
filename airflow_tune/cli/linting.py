"""Reading the files that are linted: rules judge what was read, and read nothing themselves."""

from __future__ import annotations

import ast
import io
import os.path
import tokenize
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from airflow_tune.dags.model import FileGraph, Unknown
from airflow_tune.dags.project import Project, import_root
from airflow_tune.dags.reader import read_tree
from airflow_tune.dags.source import might_hold_dags, parse
from airflow_tune.lint.catalog import CHECKED, Selection
from airflow_tune.lint.check import Examined, check_project, examine
from airflow_tune.lint.project import Knowledge, unjudged
from airflow_tune.lint.rules import PROJECT_RULES
from airflow_tune.lint.subject import Subject
from airflow_tune.report.lint import Linted


def lint_files(paths: Sequence[Path], selection: Selection, knowledge: Knowledge) -> Linted:
    """Return the findings of files in order; what cannot be read is a finding, what was left out a note."""
    projects: dict[Path, Project] = {}
    examined: list[Examined] = []
    notes: list[str] = []
    for path in paths:
        root = import_root(path.absolute())
        subject = subject_of(path, projects.setdefault(root, Project(root)))
        if subject is not None:
            examined.append(examine(subject, CHECKED))
            notes += notes_on(subject)
    findings = selection.keep(check_project(examined, knowledge, PROJECT_RULES))
    silent = unjudged(knowledge, [rule for rule in PROJECT_RULES if selection.wants(rule.code)])
    return Linted(findings, len(paths), [*notes, silent] if silent else notes)


def notes_on(subject: Subject) -> Iterator[str]:
    """Yield why rules could not judge all of a file."""
    if subject.graph.limit is not None:
        yield f"{subject.file}: not read to its end: {subject.graph.limit}"


def subject_of(path: Path, project: Project) -> Subject | None:
    """Return what rules look at; None for a file that Airflow would not import for want of DAGs in it."""
    # Graphs name files in full, and a comment silences only what its own file is found to do.
    file = str(path.absolute())
    try:
        data = path.read_bytes()
    except OSError as error:
        return failed(file, Unknown(f"unreadable: {error.strerror}"))
    if not might_hold_dags(data):
        return None
    tree = parse(data)
    if isinstance(tree, Unknown):
        return failed(file, tree)
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    graph = read_tree(tree, file, project)
    read = reader_of(project, path.absolute())
    return Subject(file, data.decode(encoding), tree, graph, read, root=str(project.root))


def reader_of(project: Project, file: Path) -> Callable[[str], str | None]:
    """Return what reads other files of the project for the rules on `file`."""
    return lambda path: project.text(os.path.join(file.parent, path))  # noqa: PTH118 - as the project's paths


def failed(file: str, error: Unknown) -> Subject:
    """Return a subject that holds nothing but why it could not be read."""
    return Subject(file, "", ast.Module([], []), FileGraph(file, error=error))
