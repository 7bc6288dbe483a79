"""The fix that moves an import from the top of a file into the functions that use it."""

from __future__ import annotations

import ast

from airflow_tune.dags.tree import nodes
from airflow_tune.lint.blocks import dropped
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.editing import source_of
from airflow_tune.lint.index import Import
from airflow_tune.lint.subject import Subject

Function = ast.FunctionDef | ast.AsyncFunctionDef


def into_functions(subject: Subject, one: Import, users: set[str]) -> Fix | None:
    """Return the fix that imports at the head of each function that uses the name.

    None where the statement imports more than this name, where an annotation, a default or a decorator
    needs it when the function is defined, and where a function has no line of its own to put it before.
    """
    gone = dropped(subject, one.node) if len(getattr(one.node, "names", ())) == 1 else None
    if gone is None or defined_with(subject, one.bound):
        return None
    named = [node for node in subject.index.functions if node.name in users]
    functions = [node for node in named if uses(node.body, one.bound)]
    text = source_of(subject, one.node)
    heads = [head(subject, node, text) for node in outermost(functions)]
    found = tuple(edit for edit in heads if edit is not None)
    return Fix((gone, *found)) if heads and len(found) == len(heads) else None


def uses(body: list[ast.stmt], name: str) -> bool:
    """Return whether statements read a name."""
    return any(isinstance(part, ast.Name) and part.id == name for node in body for part in nodes(node))


def outermost(functions: list[Function]) -> list[Function]:
    """Return the functions that are not defined inside another one of them, in the order of lines."""
    found: list[Function] = []
    end = 0
    for node in sorted(functions, key=lambda one: one.lineno):
        if node.lineno > end:
            found.append(node)
        end = max(end, node.end_lineno or 0)
    return found


def defined_with(subject: Subject, name: str) -> bool:
    """Return whether the definition of some function, rather than its body, needs a name."""
    return any(
        isinstance(part, ast.Name) and part.id == name
        for node in subject.index.functions
        for outside in (node.args, node.returns, *node.decorator_list)
        if outside is not None
        for part in nodes(outside)
    )


def head(subject: Subject, node: Function, text: str) -> Edit | None:
    """Return the edit that puts a statement in front of a function's first one, behind its docstring."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    if not body:
        return None
    first = body[0]
    line = min([first.lineno, *(part.lineno for part in getattr(first, "decorator_list", ()))])
    before = subject.lines[line - 1].encode()[: first.col_offset].decode()
    return Edit(line, 0, line, 0, f"{before}{text}\n") if not before.strip() else None
