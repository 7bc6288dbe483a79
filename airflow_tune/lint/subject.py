"""What a rule looks at: one file's source, its syntax tree, its graphs, and an index of its calls."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property

from airflow_tune.dags.model import FileGraph
from airflow_tune.lint.index import Index, index

# A form feed or a Unicode separator ends no line of Python, though str.splitlines() says so.
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Subject:
    """One file, parsed once for all rules; `text` is its decoded source."""

    file: str
    text: str
    tree: ast.Module
    graph: FileGraph

    @cached_property
    def index(self) -> Index:
        """Return the calls and imports of the file, found in one walk."""
        return index(self.tree)

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines of the source, without their ends, as `ast` counts them."""
        return LINE_END.split(self.text)
