"""What a rule looks at: one file's source, its syntax tree, its graphs, and an index of its calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import PurePath

from airflow_tune.dags.model import FileGraph
from airflow_tune.dags.tree import blocks
from airflow_tune.lint.flow.file import Flow
from airflow_tune.lint.index import Index, Site, index, of_airflow
from airflow_tune.lint.lines import lines
from airflow_tune.lint.options import Options
from airflow_tune.lint.shape import Shape

TESTS = re.compile(r"conftest\.py|test_.*\.py|.*_test\.py")
"""Names of files that hold tests, unless they hold DAGs."""
APPLICATIONS = re.compile(
    r"(fastapi|flask|starlette|django|streamlit|gradio|dash|nicegui|textual|tkinter|rich\.live)(\.|$)"
)
"""Packages of programs that people or browsers talk to."""
PROGRAMS = frozenset({"scripts", "bin", "tools", "ci", "notebooks"})
"""Folders of what people and pipelines start, beside the DAGs."""


def nothing(_path: str) -> str | None:
    """Return no text, for a subject whose other files are not to be read."""
    return None


@lru_cache(maxsize=64)
def parts_of(folder: str) -> tuple[str, ...]:
    """Return the folders down to one."""
    return PurePath(folder).parts if folder else ()


@dataclass(frozen=True)
class Subject:
    """One file, parsed once for all rules; `text` is its decoded source, `root` its DAG folder.

    `read` returns the text of another file of the project, such as a .sql file: its path is relative to
    this file's folder or absolute. None where there is none, it is large, or lies outside. Rules open no
    file themselves: what was read this way is part of what a kept result depends on.
    """

    file: str
    text: str
    tree: ast.Module
    graph: FileGraph
    read: Callable[[str], str | None] = nothing
    options: Options = field(default_factory=Options)
    root: str = ""

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return the folders down to the file, and its name."""
        return PurePath(self.file).parts

    @cached_property
    def below(self) -> tuple[str, ...]:
        """Return the folders between the root and the file."""
        root, parts = parts_of(self.root), self.parts
        return parts[len(root) : -1] if root and parts[: len(root)] == root else ()

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Return the classes at the top of the file by name."""
        return {one.name: one for one in self.tree.body if isinstance(one, ast.ClassDef)}

    @property
    def is_test(self) -> bool:
        """Return whether the file holds tests: neither a DAG processor nor a task runs it."""
        named = TESTS.fullmatch(self.parts[-1]) is not None or "tests" in self.below
        return named and (not self.graph.dags or "pytest" in self.index.aliases)

    @cached_property
    def parse_sites(self) -> list[Site]:
        """Return the calls at each parse; programs in a folder of their own are not among what is parsed."""
        folders = (*parts_of(self.root)[-1:], *self.below)
        apart = not self.graph.dags and (PROGRAMS.intersection(folders) or self.index.reads_arguments)
        if apart and not any(map(of_airflow, self.index.aliases.values())):
            return []
        return [site for site in self.index.sites if site.at_parse]

    def when(self, site: Site) -> str:
        """Return at which parses one of `parse_sites` is called: the file's, or those that call a factory."""
        factory = self.index.factory_of(site.function)
        return f"at every parse of what calls {factory}()" if factory else "at every parse of the file"

    @property
    def is_application(self) -> bool:
        """Return whether the file is a part of a web server or of a screen: no task runs it."""
        modules = [*(one.module for one in self.index.imports), *self.index.aliases.values()]
        return (
            not self.graph.dags
            and not any(map(of_airflow, modules))
            and any(map(APPLICATIONS.match, modules))
        )

    @cached_property
    def index(self) -> Index:
        """Return the calls and imports of the file, found in one walk."""
        return index(self.tree)

    @cached_property
    def flow(self) -> Flow:
        """Return what happens inside the file's functions, walked as far as rules ask."""
        return Flow(self.tree, self.index, self.graph, self.text)

    @cached_property
    def shapes(self) -> list[Shape]:
        """Return the shape of each DAG."""
        return [Shape(dag) for dag in self.graph.dags]

    @cached_property
    def statements(self) -> dict[int, list[ast.stmt]]:
        """Return the statements that hold no others, by the line on which they begin."""
        found: dict[int, list[ast.stmt]] = {}
        for one in (each for body in blocks(self.tree) for each in body if not hasattr(each, "body")):
            found.setdefault(one.lineno, []).append(one)
        return found

    @cached_property
    def calls(self) -> dict[int, list[Site]]:
        """Return the calls by the line on which they begin."""
        found: dict[int, list[Site]] = {}
        for site in self.index.sites:
            found.setdefault(site.node.lineno, []).append(site)
        return found

    @cached_property
    def definitions(self) -> dict[int, list[ast.FunctionDef | ast.AsyncFunctionDef]]:
        """Return the functions by the line of their `def`."""
        found: dict[int, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {}
        for node in self.index.functions:
            found.setdefault(node.lineno, []).append(node)
        return found

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines of the source, without their ends, as `ast` counts them."""
        return lines(self.text)
