"""Syntax trees of a project's files, parsed once for all import roots from which a file is found."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from airflow_tune.dags.model import Unknown
from airflow_tune.dags.source import parse

Key = tuple[int, int]


def key_of(data: bytes) -> Key:
    """Return what names a content within this process."""
    return len(data), hash(data)


@dataclass(slots=True)
class Trees:
    """The trees in use by path and content; each goes with the last that holds it."""

    known: WeakValueDictionary[tuple[str, Key], ast.Module] = field(default_factory=WeakValueDictionary)

    def tree(self, data: bytes, path: str) -> ast.Module | Unknown:
        """Return the tree of a file with this content, or why Python cannot read it."""
        name = path, key_of(data)
        tree: ast.Module | Unknown | None = self.known.get(name)
        if tree is None:
            tree = parse(data)
            if isinstance(tree, ast.Module):
                self.known[name] = tree
        return tree
