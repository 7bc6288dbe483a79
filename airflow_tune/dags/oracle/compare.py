"""Compare what was read statically with what Airflow built: per DAG, and in total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from airflow_tune.dags.model import Dag, FileGraph


@dataclass(frozen=True, slots=True)
class Answer:
    """Airflow's answer for one DAG: task ids, and edges as (upstream, downstream)."""

    tasks: frozenset[str]
    edges: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One DAG of Airflow's, or one that only we have: what both have, what is missing, what is invented.

    `arguments` tells, where Airflow's were known, those that were read otherwise.
    """

    file: str
    dag_id: str
    tasks: int
    edges: int
    complete: bool = False
    known: bool = False
    missing_tasks: frozenset[str] = frozenset()
    missing_edges: frozenset[tuple[str, str]] = frozenset()
    invented_tasks: frozenset[str] = frozenset()
    invented_edges: frozenset[tuple[str, str]] = frozenset()
    arguments: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Return whether both agree."""
        wrong = self.missing_tasks or self.missing_edges or self.invented_tasks or self.invented_edges
        return self.known and not wrong and not self.arguments


def answers(dumped: Mapping[str, object]) -> dict[str, Answer]:
    """Return the DAGs of one line that `dump` printed."""
    found = cast("Mapping[str, Mapping[str, Iterable[object]]]", dumped["dags"])
    return {
        dag_id: Answer(
            frozenset(cast("Iterable[str]", dag["tasks"])),
            frozenset((up, down) for up, down in cast("Iterable[tuple[str, str]]", dag["edges"])),
        )
        for dag_id, dag in found.items()
    }


def compare(theirs: Mapping[str, Answer], ours: FileGraph) -> list[Difference]:
    """Return one difference per DAG of either side, DAGs of unknown id matched by their tasks."""
    left = list(ours.dags)
    found = []
    for dag_id, answer in theirs.items():
        dag = match(dag_id, answer, left)
        if dag is not None:
            left.remove(dag)
        found.append(difference(ours.file, dag_id, answer, dag))
    found.extend(invented(ours.file, dag) for dag in left)
    return found


def match(dag_id: str, answer: Answer, left: list[Dag]) -> Dag | None:
    """Return our DAG of an id: by id, by the id's default, or among unknown ids the one most alike."""
    for dag in left:
        if dag_id == dag.dag_id or dag_id == getattr(dag.dag_id, "default", None):
            return dag
    unknown = [dag for dag in left if not isinstance(dag.dag_id, str)]
    return max(unknown, key=lambda dag: len(answer.tasks & keys(dag)), default=None)


def keys(dag: Dag) -> frozenset[str]:
    """Return the keys of a DAG's tasks."""
    return frozenset(task.key for task in dag.tasks)


def difference(file: str, dag_id: str, answer: Answer, dag: Dag | None) -> Difference:
    """Return how one DAG differs."""
    if dag is None:
        tasks, edges = answer.tasks, answer.edges
        return Difference(file, dag_id, len(tasks), len(edges), missing_tasks=tasks, missing_edges=edges)
    tasks = keys(dag)
    edges = frozenset((edge.upstream, edge.downstream) for edge in dag.edges)
    return Difference(
        file,
        dag_id,
        len(answer.tasks),
        len(answer.edges),
        dag.complete,
        dag is not None,
        answer.tasks - tasks,
        answer.edges - edges,
        tasks - answer.tasks,
        edges - answer.edges,
    )


def invented(file: str, dag: Dag) -> Difference:
    """Return the difference of a DAG that only we have."""
    edges = frozenset((edge.upstream, edge.downstream) for edge in dag.edges)
    return Difference(
        file, str(dag.dag_id), 0, 0, dag.complete, invented_tasks=keys(dag), invented_edges=edges
    )


@dataclass(frozen=True, slots=True)
class Total:
    """Shares of Airflow's tasks and edges that were found, and what a complete DAG invented."""

    dags: int
    complete_dags: int
    tasks_share: float
    edges_share: float
    complete_tasks_share: float
    complete_edges_share: float
    invented: int


def total(differences: Iterable[Difference]) -> Total:
    """Add up differences; a DAG that Airflow has and we do not counts as partial."""
    everything = list(differences)
    theirs = [one for one in everything if one.known or one.missing_tasks or one.tasks]
    complete = [one for one in theirs if one.complete]
    return Total(
        len(theirs),
        len(complete),
        share(theirs, "tasks"),
        share(theirs, "edges"),
        share(complete, "tasks"),
        share(complete, "edges"),
        sum(len(one.invented_tasks) + len(one.invented_edges) for one in everything if one.complete),
    )


def share(differences: list[Difference], what: str) -> float:
    """Return the share of Airflow's tasks or edges that were found, 1 when there are none."""
    there = sum(cast("int", getattr(one, what)) for one in differences)
    missing = sum(len(getattr(one, f"missing_{what}")) for one in differences)
    return (there - missing) / there if there else 1.0
