"""What messages call a DAG or task whose id only a run knows: as it is written, or by the line: <line 12>."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from airflow_tune.dags.model import Dag, Task
from airflow_tune.lint.facts import DagFacts
from airflow_tune.lint.made import maker_of_task
from airflow_tune.lint.rule import Hit
from airflow_tune.lint.subject import Subject

MARK = re.compile(r"\?(\d+)\.\d+")
"""The key that the reader gives to what has no known id: its line, and a number of its own."""


def dag_name(dag: Dag | DagFacts) -> str:
    """Return a DAG's id, or the line that makes it."""
    if isinstance(dag.dag_id, str):
        return dag.dag_id
    return f"<line {dag.line if isinstance(dag, DagFacts) else dag.place.line}>"


def readable(message: str) -> str:
    """Return a message with the lines of tasks and groups in place of the reader's marks."""
    return MARK.sub(r"<line \1>", message)


def told(subject: Subject, hit: Hit) -> Hit:
    """Return a hit whose message names tasks by the ids that stand in the source, where they do."""
    if not MARK.search(hit.message):
        return hit
    tasks = {task.key: task for dag in subject.graph.dags for task in dag.tasks}

    def name(mark: re.Match[str]) -> str:
        task = tasks.get(mark[0])
        return (written(subject, task) if task is not None else "") or mark[0]

    return replace(hit, message=MARK.sub(name, hit.message))


def written(subject: Subject, task: Task) -> str:
    """Return the id that a task's maker is given, computed parts as they are written; "" for no text."""
    maker = maker_of_task(subject, task)
    given = maker.keywords if isinstance(maker, ast.Call) else []
    return shown(next((one.value for one in given if one.arg == "task_id"), None))


def shown(node: ast.expr | None) -> str:
    """Return a text as it is written: of f-strings and formatted texts the pattern; "" for other values."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return ast.unparse(node)[2:-1]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return shown(node.left)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = shown(node.left), shown(node.right)
        sides = zip(parts, (node.left, node.right), strict=True)
        return "".join(part or f"{{{ast.unparse(side)}}}" for part, side in sides) if any(parts) else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return shown(node.func.value)
    return ""
