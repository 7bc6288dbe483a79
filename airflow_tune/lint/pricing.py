"""What waiting in a slot cost, where there is a history: findings on tasks that hold one get its seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from airflow_tune.findings import Evidence
from airflow_tune.lint.project import ProjectSubject
from airflow_tune.lint.silence import place_of
from airflow_tune.lint.violation import Violation
from airflow_tune.origins import computed
from airflow_tune.units import format_duration

HELD = frozenset({"AFT213", "AFT801", "AFT805"})
"""Rules on tasks that hold a slot while something else works: how long they ran is what that cost."""
FORMULA = "median seconds from start to end of its successful task instances"


def priced(found: Iterable[Violation], subject: ProjectSubject) -> list[Violation]:
    """Return findings, those of HELD with the seconds that their tasks held a slot for in each run."""
    held = held_s(subject) if subject.knowledge.history is not None else {}
    return [_with_price(one, held.get(place_of(one))) if one.code in HELD else one for one in found]


def held_s(subject: ProjectSubject) -> Mapping[tuple[str, int], float]:
    """Return the seconds of a run by the place of its task; of several tasks of one place their sum."""
    ran, found = subject.task_seconds, dict[tuple[str, int], float]()
    for dag, task in subject.tasks():
        seconds = ran.get((str(dag.dag_id), task.key))
        if seconds is not None:
            found[task.file, task.line] = found.get((task.file, task.line), 0.0) + seconds
    return found


def _with_price(one: Violation, seconds: float | None) -> Violation:
    if seconds is None:
        return one
    told = f"{format_duration(seconds)} of each run"
    evidence = Evidence("slot held", told, computed(FORMULA), FORMULA)
    return replace(one, message=f"{one.message}: {told}", evidence=(*one.evidence, evidence))
