"""Where the modules that a DAG file imports are found: below the DAG folder and beside it."""

# ruff: noqa: PTH113, PTH118, PTH119, PTH120, PTH123 - text paths: imports are looked up by the thousand

from __future__ import annotations

import ast
import os.path
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from airflow_tune.dags.loaded import Loaded, States
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.trees import Trees

INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders in which pip puts packages, DAGs that are a package of their own among them."""
LARGEST_BYTES = 256 << 10
"""Larger data files are not read: parsing YAML costs about a second per 100 KiB without libyaml."""


def small_text(path: Path) -> str | None:
    """Return the text of a data file; None where it cannot be read, is large or no UTF-8."""
    try:
        return path.read_text("utf-8") if path.stat().st_size <= LARGEST_BYTES else None
    except (OSError, UnicodeError):
        return None


@dataclass(slots=True, eq=False)
class Source:
    """A module of the project, parsed; `reads` is what its own top level looked at, see Project."""

    path: str
    tree: ast.Module
    reads: set[str] = field(default_factory=set)


def import_root(path: Path) -> Path:
    """Return the folder from which Airflow would import beside `path`: the nearest folder named dags.

    Without one it is the first folder upwards that is no package.
    """
    for folder in path.parents:
        if folder.name == "dags":
            return folder
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder


def up(folder: str, levels: int) -> str:
    """Return the folder so many levels above."""
    for _ in range(levels):
        folder = os.path.dirname(folder)
    return folder


@dataclass(slots=True, eq=False)
class Project:
    """The modules below an import root; Airflow puts the DAG and plugins folders on its path.

    The folder around the DAG folder is searched too: deployments run with it as working directory.
    `held_bytes` is the size of the sources whose modules are held.
    `reads` notes what the present reading looks at, found or not, so that its result can be kept until one
    of these changes: `file:PATH`, and `module:LEVEL:FOLDER:NAME` for a look-up of a module.
    """

    root: Path
    sources: dict[str, Source | None] = field(default_factory=dict)
    found: dict[str, str | None] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)
    states: States = field(default_factory=States)
    trees: Trees = field(default_factory=Trees)
    held_bytes: int = 0
    places: list[str] = field(init=False)
    installed: bool = field(init=False)

    def __post_init__(self) -> None:
        folders = (self.root, self.root / "plugins", self.root.parent, self.root.parent / "plugins")
        self.places = [str(folder) for folder in folders]
        self.installed = self.root.name in INSTALLED

    def package(self, file: str, level: int) -> str:
        """Return the dotted package that `level` dots mean in `file`."""
        folder = up(os.path.dirname(file), level - 1)
        for place in self.places:
            if folder == place or folder.startswith(place + os.sep):
                return os.path.relpath(folder, place).replace(os.sep, ".").strip(".")
        return os.path.basename(folder)

    def name(self, path: str) -> str:
        """Return the dotted name of a module's file, the same however it was imported."""
        stem = os.path.basename(path).removesuffix(".py")
        package = self.package(path, 1)
        return package if stem == "__init__" else f"{package}.{stem}".strip(".")

    def loaded(self) -> Loaded:
        """Return the modules of a new reading: none is imported yet."""
        return Loaded(self.states)

    def find(self, name: str, file: str, level: int) -> Source | None:
        """Return the source of a module as imported in `file`, None when the project has none."""
        key = f"module:{level}:{os.path.dirname(file) if level or self.installed else ''}:{name}"
        self.reads.add(key)
        if key not in self.found:
            self.found[key] = self.locate(name, file, level)
        path = self.found[key]
        return None if path is None else self.source(path)

    def locate(self, name: str, file: str, level: int) -> str | None:
        """Return the file of a module, None where the project has none."""
        return next(filter(os.path.isfile, self.candidates(name, file, level)), None)

    def candidates(self, name: str, file: str, level: int) -> Iterator[str]:
        """Yield the files that a module could be, the first that is there counts."""
        parts = name.split(".") if name else []
        if not level and parts and self.apart(parts[0], file):
            return
        folder = os.path.dirname(file)
        places = [up(folder, level - 1)] if level else self.places
        for place in places:
            stem = os.path.join(place, *parts)
            if parts:
                yield stem + ".py"
            if level or stem != folder:
                yield os.path.join(stem, "__init__.py")

    def apart(self, package: str, file: str) -> bool:
        """Return whether a package is not the project's: Python's own, Airflow, or installed beside it."""
        if package == "airflow" or package in sys.stdlib_module_names:
            return True
        return self.installed and not file.startswith(os.path.join(self.places[0], package, ""))

    def possible(self, key: str) -> list[str]:
        """Return the files that a note among `reads` asks for, the first that is there counts."""
        kind, _, rest = key.partition(":")
        if kind != "module":
            return [rest]
        level, _, rest = rest.partition(":")
        folder, _, name = rest.rpartition(":")
        return list(self.candidates(name, os.path.join(folder, ""), int(level)))

    def looked_at(self, key: str) -> str | None:
        """Return the file that a note among `reads` is about; None where a module is not found now."""
        found = self.possible(key)
        return next(filter(os.path.isfile, found), None) if key.startswith("module:") else found[0]

    def source(self, path: str) -> Source | None:
        """Return a parsed module, None when it is not Python."""
        if path not in self.sources:
            try:
                with open(path, "rb") as file:
                    data = file.read()
                tree = self.trees.tree(data, path)
            except OSError:
                data, tree = b"", Unknown("unreadable")
            self.sources[path] = None if isinstance(tree, Unknown) else Source(path, tree)
            self.held_bytes += len(data)
        return self.sources[path]

    def inside(self, path: str) -> Path | None:
        """Return a file of the project by its path; None for all others, which are never touched.

        A relative path starts at the folder around the DAG folder, below which all must lie.
        """
        home = self.places[2]
        whole = os.path.normpath(os.path.join(home, path))
        if "\0" in path or not whole.startswith(os.path.join(home, "")):
            return None
        self.reads.add(f"file:{whole}")
        return Path(whole) if os.path.isfile(whole) else None

    def text(self, path: str) -> str | None:
        """Return the text of a file of the project; None where there is none, or it is large or no UTF-8."""
        found = self.inside(path)
        return None if found is None else small_text(found)

    def forget(self) -> None:
        """Forget all modules; those that a later reading imports are read anew."""
        self.states.forget()
        self.states = States()
        self.sources.clear()
        self.held_bytes = 0

    def dependencies(self) -> set[str]:
        """Return what the present reading looked at, itself or through the modules that it imported."""
        whole, pending = set(self.reads), [self.reads]
        seen: set[str] = set()
        while pending:
            for path in {path for key in pending.pop() if (path := self.found.get(key)) is not None} - seen:
                seen.add(path)
                source = self.sources.get(path)
                if source is not None:
                    whole |= source.reads
                    pending.append(source.reads)
        return whole
