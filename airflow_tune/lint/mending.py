"""Fixes that several rules share: a task is given other arguments where it is made."""

from __future__ import annotations

import ast

from airflow_tune.dags.model import Place, Task
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.editing import named, set_keyword
from airflow_tune.lint.subject import Subject

TIMEDELTA = "timedelta("


def task_with(subject: Subject, task: Task, **keywords: str) -> Fix | None:
    """Return the fix that passes keywords to the operator of a task; None where its call is not plain to see.

    Values are source text; `timedelta(` is written as the file knows it, and imported if need be.
    """
    return _with(subject, task.place, task.operator, keywords)


def _with(subject: Subject, place: Place, name: str, keywords: dict[str, str]) -> Fix | None:
    call = _call(subject, place, name)
    if call is None:
        return None
    edits: list[Edit] = []
    for keyword, value in keywords.items():
        written, imports = value, tuple[Edit, ...]()
        if TIMEDELTA in value:
            known = named(subject, "datetime.timedelta")
            if known is None:
                return None
            written, imports = value.replace(TIMEDELTA, f"{known[0]}("), known[1]
        edit = set_keyword(subject, call, keyword, written)
        if edit is None:
            return None
        edits += [edit, *imports]
    return Fix(tuple(edits))


def _call(subject: Subject, place: Place, name: str) -> ast.Call | None:
    """Return the call of an operator that makes something at a place, if it is the only one there."""
    found = [
        site.node
        for site in subject.calls.get(place.line, ())
        if site.last == name or site.name.endswith(f"{name}.partial")
    ]
    return found[0] if len(found) == 1 and place.file == subject.file else None
