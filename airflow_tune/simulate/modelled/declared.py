"""The DAGs that files declare, as far as they can be played, and what could not be read."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from airflow_tune.dags.model import Dag, FileGraph
from airflow_tune.units import plural

NAMED = 5


def some(names: list[str]) -> str:
    """Return the first of `names`, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def declared(
    files: Iterable[FileGraph], known: Container[str] = ()
) -> tuple[dict[str, Dag], tuple[str, ...]]:
    """Return the DAGs of `files` by id, without those that are `known`, and notes on the rest.

    DAGs without tasks, and those whose id only a run tells, are left out.
    """
    files = tuple(files)
    every = [dag for file in files for dag in file.dags]
    found: dict[str, Dag] = {}
    for dag in every:
        if isinstance(dag.dag_id, str) and dag.dag_id not in known and dag.tasks:
            found.setdefault(dag.dag_id, dag)
    return found, tuple(_unread(files, every, found))


def _unread(files: tuple[FileGraph, ...], every: list[Dag], found: dict[str, Dag]) -> Iterator[str]:
    broken = [file.file.rpartition("/")[2] for file in files if file.error is not None]
    if broken:
        yield f"{plural(len(broken), 'file')} could not be read as DAG files: {some(broken)}"
    unnamed = sum(not isinstance(dag.dag_id, str) for dag in every)
    if unnamed:
        yield f"{plural(unnamed, 'DAG')} left out, whose id is only known when Airflow runs the file"
    partial = [dag_id for dag_id, dag in found.items() if not dag.complete]
    if partial:
        yield f"part of the graph is only known when Airflow runs the file: {some(partial)}"
