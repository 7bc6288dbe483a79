"""What was read held against Airflow's answers: all differences, what only one side has, and the shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from airflow_tune.dags.arguments import different
from airflow_tune.dags.model import Dag, FileGraph
from airflow_tune.dags.oracle.compare import Answer, Difference, Total, answers, compare, total


@dataclass(frozen=True, slots=True)
class Verification:
    """The DAGs that both sides have, compared.

    `unasked` are files that Airflow could not import, with its words; `only_read` and `only_there` the
    DAGs of one side alone where the other was not asked for the same files.
    """

    differences: tuple[Difference, ...]
    unasked: tuple[tuple[str, str], ...] = ()
    only_read: tuple[str, ...] = ()
    only_there: tuple[str, ...] = ()

    @property
    def total(self) -> Total:
        """Return the shares that were found."""
        return total(self.differences)

    @property
    def wrong(self) -> tuple[Difference, ...]:
        """Return the DAGs that were called complete and are otherwise."""
        return tuple(one for one in self.differences if one.complete and not one.same)


def against_airflow(graphs: Sequence[FileGraph], dumped: Mapping[str, Mapping[str, object]]) -> Verification:
    """Compare with what DagBag made of the same files, by file."""
    differences: list[Difference] = []
    unasked = []
    for graph in graphs:
        answer = dumped.get(graph.file, {"dags": {}, "errors": ["Airflow was not asked"]})
        errors = cast("Sequence[str]", answer["errors"])
        if errors:
            unasked.append((graph.file, errors[0].strip().rpartition("\n")[2]))
        else:
            differences.extend(compare(answers(answer), graph))
    return Verification(tuple(differences), tuple(unasked))


def against_serialized(graphs: Sequence[FileGraph], serialized: FileGraph) -> Verification:
    """Compare with the DAGs that Airflow serialized; those of other files are named only."""
    stored = {str(dag.dag_id): dag for dag in serialized.dags}
    theirs = {name: _answer(dag) for name, dag in stored.items()}
    differences: list[Difference] = []
    read: set[str] = set()
    for graph in graphs:
        ids = {dag.dag_id for dag in graph.dags if isinstance(dag.dag_id, str)}
        read |= ids
        both = FileGraph(graph.file, tuple(dag for dag in graph.dags if dag.dag_id in theirs))
        found = compare({name: theirs[name] for name in sorted(ids & theirs.keys())}, both)
        ours = {dag.dag_id: dag for dag in both.dags}
        differences += [
            replace(one, arguments=tuple(different(ours[one.dag_id], stored[one.dag_id]))) for one in found
        ]
    return Verification(
        tuple(differences),
        only_read=tuple(sorted(read - theirs.keys())),
        only_there=tuple(sorted(theirs.keys() - read)),
    )


def _answer(dag: Dag) -> Answer:
    return Answer(
        frozenset(task.key for task in dag.tasks),
        frozenset((edge.upstream, edge.downstream) for edge in dag.edges),
    )
