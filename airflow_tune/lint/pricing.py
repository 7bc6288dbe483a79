"""What findings cost, where a DB tells: seconds of held slots, tries that were lost, sizes of results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from airflow_tune.findings import Evidence
from airflow_tune.lint.project import Knowledge, ProjectSubject
from airflow_tune.lint.silence import place_of
from airflow_tune.lint.violation import Violation
from airflow_tune.origins import computed
from airflow_tune.units import format_bytes, format_duration, plural

HELD = frozenset({"AFT213", "AFT801", "AFT805"})
"""Rules on tasks that hold a slot while something else works: how long they ran is what that cost."""
HEAVY = "AFT406"
PUSHED = "AFT806"
SMALL_BYTES = 49_344
"""Values that XCom is meant for: MAX_XCOM_SIZE of airflow/models/xcom.py, while Airflow had such a limit."""
FEW = 3
"""Values below which nothing is said of a task's."""
RAN = "median seconds from start to end of its successful task instances"
LOST = "tries that ended for want of memory or with their worker, by Airflow's log table"
STORED = "bytes as stored in the metadata DB, of the newest values"


def priced(found: Iterable[Violation], subject: ProjectSubject) -> list[Violation]:
    """Return findings with what they cost; those on large results go where all of these were small."""
    known = subject.knowledge
    if known.history is not None:
        held, lost = _at_places(subject, subject.task_seconds), _at_places(subject, subject.lost_tries)
        found = [_by_history(one, held, lost) for one in found]
    return list(_sized(found, known) if known.xcoms else found)


def _at_places(
    subject: ProjectSubject, amounts: Mapping[tuple[str, str], float]
) -> Mapping[tuple[str, int], float]:
    """Return amounts by the place of their task; of several tasks of one place their sum."""
    found: dict[tuple[str, int], float] = {}
    for dag, task in subject.tasks():
        amount = amounts.get((str(dag.dag_id), task.key))
        if amount is not None:
            found[task.file, task.line] = found.get((task.file, task.line), 0.0) + amount
    return found


def _by_history(
    one: Violation, held: Mapping[tuple[str, int], float], lost: Mapping[tuple[str, int], float]
) -> Violation:
    """Return a finding with the seconds that its task held a slot in each run, or how often it was lost."""
    place = place_of(one)
    if one.code in HELD and place in held:
        return _with(one, "slot held", f"{format_duration(held[place])} of each run", RAN)
    if one.code == HEAVY and place in lost:
        tries = plural(int(lost[place]), "try", "tries")
        return _with(one, "tries lost", f"{tries} of it ended for want of memory or with the worker", LOST)
    return one


def _sized(found: Iterable[Violation], known: Knowledge) -> Iterator[Violation]:
    """Yield findings, those on values that tasks push with the largest that they pushed."""
    small = known.options.of(PUSHED, "min-bytes", SMALL_BYTES)
    for one in found:
        sizes = [known.xcoms[task] for task in one.about if task in known.xcoms] if one.code == PUSHED else []
        if sum(each.values for each in sizes) < FEW:
            yield one
        elif (largest := max(sizes, key=lambda each: each.largest_bytes)).largest_bytes > small:
            yield _with(one, "values pushed", f"up to {format_bytes(largest.largest_bytes)} so far", STORED)


def _with(one: Violation, name: str, told: str, formula: str) -> Violation:
    evidence = Evidence(name, told, computed(formula), formula)
    return replace(one, message=f"{one.message}: {told}", evidence=(*one.evidence, evidence))
