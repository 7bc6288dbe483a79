"""Rules over a project as a whole: all files together, with pools, settings and history where there are any.

A rule that needs what was not given stays silent; `unjudged` names it, so that silence is never taken
for a clean bill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from airflow_tune.findings import Severity
from airflow_tune.lint.facts import DagFacts, FileFacts, TaskFacts
from airflow_tune.lint.options import Options
from airflow_tune.lint.rule import Explanation, Hit
from airflow_tune.versions import AirflowVersion

if TYPE_CHECKING:
    from airflow_tune.history.model import History
    from airflow_tune.metadata.model import Pool, XComSize
    from airflow_tune.settings.settings import Settings


class Need(str, Enum):
    """What a rule cannot judge without, named as the flags that give it."""

    POOLS = "--pools, --db or --snapshot"
    HISTORY = "--db or --snapshot"
    SETTINGS = "--cfg"
    VERSION = "--airflow-version, --cfg, --db or --snapshot"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known beside the files; None where nobody named a source. `now` is aware.

    `xcoms` are the sizes of what tasks pushed, by DAG and task.
    """

    now: datetime
    version: AirflowVersion | None = None
    pools: Mapping[str, Pool] | None = None
    settings: Settings | None = None
    history: History | None = None
    options: Options = field(default_factory=Options)
    xcoms: Mapping[tuple[str, str], XComSize] = field(default_factory=dict)

    def has(self, need: Need) -> bool:
        """Return whether a need is met."""
        return {
            Need.POOLS: self.pools,
            Need.HISTORY: self.history,
            Need.SETTINGS: self.settings,
            Need.VERSION: self.version,
        }[need] is not None


@dataclass(frozen=True)
class ProjectSubject:
    """All files, each as its facts, and what is known beside them."""

    files: tuple[FileFacts, ...]
    knowledge: Knowledge

    @cached_property
    def dags(self) -> list[DagFacts]:
        """Return the DAGs of all files; one that several files hold is told by its own place, once."""
        found = {(dag.file, dag.line, dag.dag_id): dag for file in self.files for dag in file.dags}
        return list(found.values())

    @cached_property
    def task_seconds(self) -> dict[tuple[str, str], float]:
        """Return the median seconds that tasks ran, by DAG and task; none without a history."""
        if self.knowledge.history is None:
            return {}
        from airflow_tune.lint.past import task_seconds  # noqa: PLC0415 - loads numpy, for a history only

        return task_seconds(self.knowledge.history)

    @cached_property
    def start_seconds(self) -> dict[tuple[str, str], float]:
        """Return the median seconds from queued to running, by DAG and task; none without a history."""
        if self.knowledge.history is None:
            return {}
        from airflow_tune.lint.past import start_seconds  # noqa: PLC0415 - loads numpy, for a history only

        return start_seconds(self.knowledge.history)

    @cached_property
    def lost_tries(self) -> dict[tuple[str, str], int]:
        """Return how many tries were lost for want of memory or with their worker; none without a history."""
        if self.knowledge.history is None:
            return {}
        from airflow_tune.lint.past import lost_tries  # noqa: PLC0415 - loads numpy, for a history only

        return lost_tries(self.knowledge.history)

    def placed(self) -> Iterator[tuple[str, DagFacts]]:
        """Yield every DAG with its DAG folder: what is in another one belongs to another Airflow."""
        wanted = {id(dag) for dag in self.dags}
        for file in self.files:
            yield from ((file.root, dag) for dag in file.dags if id(dag) in wanted)

    def tasks(self) -> Iterator[tuple[DagFacts, TaskFacts]]:
        """Yield every task with its DAG."""
        for dag in self.dags:
            for task in dag.tasks:
                yield dag, task


@dataclass(frozen=True, slots=True)
class ProjectRule:
    """One rule over the project; `check` is pure, and is not asked where a need of it is not met."""

    code: str
    name: str
    severity: Severity
    explanation: Explanation
    check: Callable[[ProjectSubject], Iterable[Hit]]
    needs: tuple[Need, ...] = field(default=())
    options: Mapping[str, object] = field(default_factory=dict)


def judge(subject: ProjectSubject, rules: Iterable[ProjectRule]) -> Iterator[tuple[ProjectRule, Hit]]:
    """Yield what the rules whose needs are met find; a place in a loop is told once, by its first."""
    for rule in rules:
        if all(subject.knowledge.has(need) for need in rule.needs):
            hits = {(hit.file, hit.line): hit for hit in reversed(list(rule.check(subject)))}
            yield from ((rule, hit) for hit in reversed(hits.values()))


def unjudged(knowledge: Knowledge, rules: Iterable[ProjectRule]) -> str:
    """Return a note on the rules that stayed silent and what each needs; "" when all could judge."""
    missing: dict[Need, list[str]] = {}
    for rule in rules:
        for need in rule.needs:
            if not knowledge.has(need):
                missing.setdefault(need, []).append(rule.code)
    silent = [f"{', '.join(codes)} (give {need.value})" for need, codes in missing.items()]
    return f"not judged: {'; '.join(silent)}" if silent else ""
