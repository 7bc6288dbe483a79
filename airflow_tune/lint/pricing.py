"""What findings cost, where a DB tells: seconds that tasks held their slot for, sizes of what they pushed."""

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
STORED = "bytes as stored in the metadata DB, of the newest values"
SMALL_BYTES = 49_344
"""Values that XCom is meant for: MAX_XCOM_SIZE of airflow/models/xcom.py, while Airflow had such a limit."""
FORMULA = "median seconds from start to end of its successful task instances"


PUSHED = "AFT806"
FEW = 3
"""Values below which nothing is said of a task's."""


def priced(found: Iterable[Violation], subject: ProjectSubject) -> list[Violation]:
    """Return findings, those of HELD with the seconds that their tasks held a slot for in each run.

    Those on large values have their sizes, or go where all were small.
    """
    held = held_s(subject) if subject.knowledge.history is not None else {}
    priced_ = [_with_price(one, held.get(place_of(one))) if one.code in HELD else one for one in found]
    return list(sized(priced_, subject.knowledge)) if subject.knowledge.xcoms else priced_


def sized(found: Iterable[Violation], known: Knowledge) -> Iterator[Violation]:
    """Yield findings, those on values that tasks push with the largest that they pushed."""
    small = known.options.of(PUSHED, "min-bytes", SMALL_BYTES)
    for one in found:
        sizes = [known.xcoms[task] for task in one.about if task in known.xcoms] if one.code == PUSHED else []
        if sum(each.values for each in sizes) < FEW:
            yield one
        elif (largest := max(sizes, key=lambda each: each.largest_bytes)).largest_bytes > small:
            told = f"up to {format_bytes(largest.largest_bytes)} so far"
            mean = (
                f"{format_bytes(int(largest.mean_bytes))} on average over {plural(largest.values, 'value')}"
            )
            evidence = Evidence("values pushed", f"{told}, {mean}", computed(STORED), STORED)
            yield replace(one, message=f"{one.message}: {told}", evidence=(*one.evidence, evidence))


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
