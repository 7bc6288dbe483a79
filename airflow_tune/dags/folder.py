"""The files that a command is given: named ones as they are, folders with all their Python files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from airflow_tune.dags.ignore import NAME, Ignored, Syntax, left_out, read_ignored
from airflow_tune.dags.project import import_root
from airflow_tune.errors import UsageError

SKIPPED = frozenset({"__pycache__", "node_modules", "venv"})


@dataclass(slots=True)
class Listing:
    """The files that were found, each once and in order, and what was left out for a reason worth telling.

    `folders` are those that were entered, or would have been but for being read already.
    """

    files: dict[Path, None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)


def python_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files to read in order, each once; hidden folders and environments are left out.

    Raises UsageError for a path that does not exist.
    """
    return list(listing(paths).files)


def listing(paths: Iterable[Path], syntax: Syntax = Syntax.GUESS) -> Listing:
    """Return the files to read; what an `.airflowignore` names is left out of folders, as Airflow does.

    Raises UsageError for a path that does not exist.
    """
    found = Listing()
    for path in paths:
        if not path.exists():
            raise UsageError(
                "there is no such file or folder",
                where=str(path),
                remedy="name a DAG file, or the DAG folder",
            )
        if path.is_dir():
            Walk(found, syntax).below(path)
        else:
            found.files[path] = None
    return found


@dataclass(slots=True)
class Walk:
    """One walk below a folder; links to folders are followed, as by Airflow, but never in a circle."""

    found: Listing
    syntax: Syntax
    rules: dict[str, tuple[Ignored, ...]] = field(default_factory=dict)

    def below(self, top: Path) -> None:
        """Add the Python files below a folder, sorted."""
        self.rules[str(top)] = tuple(self.above(top.absolute()))
        self.found.folders.append(top)
        seen = {os.path.realpath(top)}
        for where, folders, files in os.walk(top, followlinks=True):
            folder = Path(where)
            rules = self.rules_of(folder, NAME in files)
            names = (name for name in sorted(folders) if name not in SKIPPED and not name.startswith("."))
            folders[:] = [name for name in names if self.entered(folder / name, rules, seen)]
            for name in sorted(files):
                if name.endswith(".py"):
                    path = Path(os.path.join(where, name))  # noqa: PTH118 - three times as fast
                    if not self.ignored(path, rules, is_folder=False):
                        self.found.files[path] = None

    def above(self, top: Path) -> Iterator[Ignored]:
        """Yield the rules of the folders between the DAG folder and the one that was named."""
        root = import_root(top / NAME)
        for folder in reversed(top.parents):
            if folder.is_relative_to(root):
                rule = read_ignored(folder, self.syntax)
                if rule is not None:
                    yield rule

    def rules_of(self, folder: Path, has_own: bool) -> tuple[Ignored, ...]:  # noqa: FBT001 - a fact, not a mode
        """Return the rules that hold in a folder, its own last."""
        key = str(folder)
        rules = self.rules[key] if key in self.rules else self.rules[str(folder.parent)]
        own = read_ignored(folder.absolute(), self.syntax) if has_own else None
        self.rules[key] = rules if own is None else (*rules, own)
        return self.rules[key]

    def ignored(self, path: Path, rules: tuple[Ignored, ...], *, is_folder: bool) -> bool:
        """Return whether rules leave a path out."""
        return bool(rules) and left_out(path.absolute(), rules, is_folder=is_folder)

    def entered(self, folder: Path, rules: tuple[Ignored, ...], seen: set[str]) -> bool:
        """Return whether to go into a folder; one that leads back where the walk was is told."""
        if self.ignored(folder, rules, is_folder=True):
            return False
        self.found.folders.append(folder)
        real = os.path.realpath(folder)
        if real in seen:
            self.found.notes.append(f"{folder}: a link to {real}, which is read already; it was left out")
            return False
        seen.add(real)
        return True
