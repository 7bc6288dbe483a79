"""Fixes that several rules share: a DAG or a task is given other arguments where it is made."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from airflow_tune.dags.model import Dag, Task
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.editing import named, set_keywords
from airflow_tune.lint.given import unreached
from airflow_tune.lint.made import maker_of_dag, maker_of_task
from airflow_tune.lint.rule import Hit
from airflow_tune.lint.subject import Subject

TIMEDELTA = "timedelta("


def task_with(subject: Subject, task: Task, **keywords: str) -> Fix | None:
    """Return the fix that passes keywords to the operator of a task; None where its call is not plain to see.

    Values are source text; `timedelta(` is written as the file knows it, and imported if need be.
    """
    return tasks_with(subject, [task], **keywords)


def tasks_with(subject: Subject, tasks: Iterable[Task], **keywords: str) -> Fix | None:
    """Return the fix that passes keywords to those tasks whose calls are plain to see, None for none."""
    makers = {task.place: maker_of_task(subject, task) for task in tasks}
    return _all_with(subject, [maker for maker in makers.values() if maker is not None], keywords)


def lacked(subject: Subject, dag: Dag, tasks: Sequence[Task], message: str, **keyword: str) -> Hit:
    """Return the hit on tasks of a DAG that lack one argument, which the fix writes.

    Where default_args name it already, what is wrong is that they do not reach the tasks.
    """
    (name,) = keyword
    advice, place = unreached(dag, name), tasks[0].place
    fix = None if advice else tasks_with(subject, tasks, **keyword)
    return Hit(place.line, message, place.file, fix, advice)


def dag_with(subject: Subject, dag: Dag, **keywords: str) -> Fix | None:
    """Return the fix that passes keywords to a DAG or its decorator, None where that is not plain to see."""
    maker = maker_of_dag(subject, dag)
    return _all_with(subject, [maker] if maker is not None else [], keywords)


def _all_with(subject: Subject, makers: Iterable[ast.expr], keywords: dict[str, str]) -> Fix | None:
    known = named(subject, "datetime.timedelta") if _wants_timedelta(keywords) else ("", ())
    if known is None:
        return None
    written = {name: value.replace(TIMEDELTA, f"{known[0]}(") for name, value in keywords.items()}
    edits: dict[Edit, None] = {}
    for maker in makers:
        edits |= dict.fromkeys(set_keywords(subject, maker, written) or ())
    return Fix((*edits, *known[1])) if edits else None


def _wants_timedelta(keywords: dict[str, str]) -> bool:
    return any(TIMEDELTA in value for value in keywords.values())
