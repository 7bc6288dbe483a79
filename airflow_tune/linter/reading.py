"""Reading the files that are linted: rules judge what was read, and read nothing themselves."""

from __future__ import annotations

import ast
import io
import os.path
import tokenize
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from airflow_tune.dags.model import FileGraph, Unknown
from airflow_tune.dags.project import Project, import_root
from airflow_tune.dags.reader import read_tree
from airflow_tune.dags.source import might_hold_dags
from airflow_tune.dags.trees import Trees
from airflow_tune.lint.check import Examined, examine
from airflow_tune.lint.options import Options
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.subject import Subject
from airflow_tune.linter.deadline import OverdueError, deadline

MOST_PROJECTS = 8
"""Import roots whose modules are held at a time; files come sorted, so an earlier root seldom comes again."""
HELD_BYTES = 1 << 20
"""Source of modules that is held at a time, as syntax trees and values of some forty times its size."""
LONGEST_S = 60.0
"""CPU time for one file; of 50,000 mutated files the slowest, of 0.5 MB, took 15 s on one core of 2026."""


@dataclass(slots=True)
class Reader:
    """Reads and judges one file after another; the modules that several of them import are read once.

    `most` is how much source of modules one file has needed that were not held before it.
    """

    rules: Sequence[Rule]
    projects: dict[Path, Project] = field(default_factory=dict)
    roots: dict[str, Path] = field(default_factory=dict)
    trees: Trees = field(default_factory=Trees)
    most: int = 0

    def project_of(self, path: Path) -> Project:
        """Return the project of a file."""
        folder = os.path.dirname(path)  # noqa: PTH120 - asked for each file, and texts compare faster
        if folder not in self.roots:
            self.roots[folder] = import_root(path)
        root = self.roots[folder]
        if root not in self.projects:
            if len(self.projects) >= MOST_PROJECTS:
                self.projects.pop(next(iter(self.projects))).forget()
            self.projects[root] = Project(root, trees=self.trees)
        return self.projects[root]

    def held_bytes(self) -> int:
        """Return the size of the sources whose modules are held."""
        return sum(project.held_bytes for project in self.projects.values())

    def make_room(self, coming: int) -> int:
        """Forget all modules where they and a file of this size would be too much; return what is held then.

        What one file alone needs comes on top, else files that need more would forget each other's modules.
        """
        if self.held_bytes() + coming > HELD_BYTES + self.most:
            for project in self.projects.values():
                project.forget()
        return self.held_bytes()

    def examined(self, path: Path, options: Options, data: bytes | Unknown) -> Examined | None:
        """Return what the rules find in an absolute file with this content.

        None for a file that Airflow would not import for want of DAGs in it.
        """
        try:
            with deadline(LONGEST_S):
                return self.judged(path, options, data)
        except OverdueError:
            # It may have been interrupted anywhere.
            self.projects.clear()
            return unjudged(path, f"it takes more than {LONGEST_S:.0f} s of CPU time; please report it")
        except Exception as fault:  # noqa: BLE001 - ours, in one file; the others are linted all the same
            return unjudged(path, f"by a fault of airflow-tune ({type(fault).__name__}); please report it")

    def judged(self, path: Path, options: Options, data: bytes | Unknown) -> Examined | None:
        """Return what the rules find, see `examined`; raises whatever goes wrong."""
        held = self.make_room(len(data) if isinstance(data, bytes) else 0)
        subject = subject_of(path, data, self.project_of(path), options)
        self.most = max(self.most, self.held_bytes() - held)
        return None if subject is None else examine(subject, self.rules)


def unjudged(path: Path, why: str) -> Examined:
    """Return the result for a file that could not be judged."""
    note = f"{path}: not judged, {why}"
    return examine(failed(str(path), Unknown(note)), ())._replace(notes=(note,))


def content_of(path: Path) -> bytes | Unknown:
    """Return the content of a file, or why it could not be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a path's own method takes twice as long
            return file.read()
    except OSError as error:
        return Unknown(f"unreadable: {error.strerror}")


def subject_of(path: Path, data: bytes | Unknown, project: Project, options: Options) -> Subject | None:
    """Return what rules look at, None for a file without DAGs."""
    # Graphs name files in full, and a comment silences only what its own file is found to do.
    file = str(path)
    project.reads = set()
    if isinstance(data, Unknown):
        return failed(file, data)
    if not might_hold_dags(data):
        return None
    tree = project.trees.tree(data, file)
    if isinstance(tree, Unknown):
        return failed(file, tree)
    graph = read_tree(tree, file, project)
    read = reader_of(project, path)
    return Subject(file, text_of(data), tree, graph, read, options, root=str(project.root))


def encoding_of(data: bytes) -> str:
    """Return the encoding that Python reads a source in; raises SyntaxError for one that it does not know."""
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def text_of(data: bytes) -> str:
    """Return the text of a source that Python can read."""
    return data.decode("ascii" if data.isascii() else encoding_of(data))


def reader_of(project: Project, file: Path) -> Callable[[str], str | None]:
    """Return what reads other files of the project for the rules on `file`."""
    return lambda path: project.text(os.path.join(file.parent, path))  # noqa: PTH118 - as the project's paths


def failed(file: str, error: Unknown) -> Subject:
    """Return a subject that holds nothing but why it could not be read."""
    return Subject(file, "", ast.Module([], []), FileGraph(file, error=error))
