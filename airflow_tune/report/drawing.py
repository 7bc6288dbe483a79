"""Graphs as Mermaid and Graphviz read them: one subgraph per DAG, one node per task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflow_tune.dags.model import Dag, FileGraph, Name, Task, Unknown
from airflow_tune.secrets import redact


def mermaid(graphs: Sequence[FileGraph]) -> str:
    """Return a flowchart of all DAGs; a partial one is marked in its title, mapped tasks have two frames."""
    lines = ["flowchart LR"]
    for number, dag in enumerate(_dags(graphs)):
        ids = _ids(dag, number)
        lines.append(f'  subgraph d{number}["{_escaped(_title(dag))}"]')
        lines.extend(f"    {ids[task.key]}{_box(task)}" for task in dag.tasks)
        lines.append("  end")
        lines.extend(f"  {ids[edge.upstream]} --> {ids[edge.downstream]}" for edge in dag.edges)
    return "\n".join(lines) + "\n"


def dot(graphs: Sequence[FileGraph]) -> str:
    """Return a digraph of all DAGs, one cluster each; a partial DAG's frame is dashed."""
    lines = ["digraph airflow {", "  rankdir=LR;", "  node [shape=box];"]
    for number, dag in enumerate(_dags(graphs)):
        ids = _ids(dag, number)
        style = "" if dag.complete else " style=dashed;"
        lines.append(f"  subgraph cluster_{number} {{ label={_quoted(_title(dag))};{style}")
        for task in dag.tasks:
            more = " peripheries=2" if task.mapped else ""
            lines.append(f"    {ids[task.key]} [label={_quoted(_label(task.task_id))}{more}];")
        lines.extend(f"    {ids[edge.upstream]} -> {ids[edge.downstream]};" for edge in dag.edges)
        lines.append("  }")
    return "\n".join([*lines, "}"]) + "\n"


def _dags(graphs: Sequence[FileGraph]) -> Iterator[Dag]:
    for graph in graphs:
        yield from graph.dags


def _ids(dag: Dag, number: int) -> dict[str, str]:
    """Return an identifier that both languages take for each task."""
    return {task.key: f"d{number}t{index}" for index, task in enumerate(dag.tasks)}


def _title(dag: Dag) -> str:
    return _label(dag.dag_id) + ("" if dag.complete else " (partial)")


def _label(name: Name) -> str:
    return f"unknown: {redact(str(name))}" if isinstance(name, Unknown) else name


def _box(task: Task) -> str:
    text = _escaped(_label(task.task_id))
    return f'[["{text}"]]' if task.mapped else f'["{text}"]'


def _escaped(text: str) -> str:
    """Return a text as Mermaid shows it between quotes: entities for what it would take for its own."""
    return "".join(
        character if character.isalnum() or character in " _-.:()" else f"#{ord(character)};"
        for character in text
    )


def _quoted(text: str) -> str:
    """Return a text as a quoted string of the DOT language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
