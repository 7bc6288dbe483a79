"""Functions of a DAG file that nothing in it names: no task, callback or other function runs them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from airflow_tune.dags.model import FileGraph
from airflow_tune.lint.flow.body import Definition
from airflow_tune.lint.index import Index
from airflow_tune.lint.lines import lines

BY_NAME = frozenset({"globals", "locals", "vars", "dir", "eval", "exec"})
"""Calls that reach functions by names which are made up while the code runs."""


def dead(tree: ast.Module, index: Index, graph: FileGraph, text: str) -> list[ast.stmt]:
    """Return the functions at the top of a file of DAGs that only dead functions name, if any at all.

    What holds no DAG is there for other files, and a decorator may hand its function on to anybody.
    """
    left = nameless(tree, index) if graph.dags else {}
    code = code_of(text) if left else []
    while left:
        gone = lines_of(left.values())
        rest = "\n".join(line for number, line in code if number not in gone)
        kept = {name: node for name, node in left.items() if not named(rest, name, index, graph.file)}
        kept = closed(kept, index)
        if len(kept) == len(left):
            break
        left = kept
    by_name = left and ("sys.modules" in text or any(site.last in BY_NAME for site in index.sites))
    return [] if by_name else list(left.values())


def nameless(tree: ast.Module, index: Index) -> dict[str, ast.stmt]:
    """Return the functions at the top of a file whose names no living code holds."""
    found: dict[str, ast.stmt] = {}
    for one in tree.body:
        if isinstance(one, Definition) and not one.decorator_list and not one.name.startswith("__"):
            found[one.name] = one
    found = closed(found, index)
    # Uses are known by the name of the function they are in, which has to mean one only.
    counts = Counter(one.name for one in index.functions) if found else {}
    return closed({name: node for name, node in found.items() if counts[name] == 1}, index)


def closed(found: dict[str, ast.stmt], index: Index) -> dict[str, ast.stmt]:
    """Return those functions of a set that only functions of the set use."""
    while True:
        kept = {name: node for name, node in found.items() if index.uses.get(name, set()) <= found.keys()}
        if len(kept) == len(found):
            return kept
        found = kept


def code_of(text: str) -> list[tuple[int, str]]:
    """Return the lines of a source with their numbers, without those that are comments."""
    numbered = enumerate(lines(text), 1)
    return [(number, line) for number, line in numbered if not line.lstrip().startswith("#")]


def lines_of(functions: Iterable[ast.stmt]) -> frozenset[int]:
    """Return the lines on which functions stand."""
    return frozenset(
        line for one in functions for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)
    )


def named(text: str, name: str, index: Index, file: str) -> bool:
    """Return whether a source holds a name at the end of a text, or as an attribute.

    That of an imported module is another function, unless the file imports itself.
    """
    if name not in text:
        return False
    if re.search(rf"\b{name}[\"']", text):
        return True
    owners: list[str] = re.findall(rf"(\w*)\s*\.\s*{name}\b", text)
    stem = PurePath(file).stem
    return any(index.aliases.get(one, stem).rpartition(".")[2] == stem for one in owners)
