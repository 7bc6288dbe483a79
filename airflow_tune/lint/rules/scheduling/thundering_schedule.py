"""AFT306: many DAGs are due in the same minute."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from airflow_tune.dags.model import Name
from airflow_tune.dags.schedule import Cron, schedule_of
from airflow_tune.dags.values.zone import HOME, UTC, by_name
from airflow_tune.findings import Severity
from airflow_tune.lint.facts import DagFacts
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.project import Knowledge, ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit

MOST = 10
"""DAGs due in one minute that are left alone: the scheduler makes runs of 10 DAGs in one loop.

scheduler.max_dagruns_to_create_per_loop of 2.11.2 and 3.3.2.
"""
NAMED = 8


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield, for each minute of the day with more than MOST DAGs due, the first DAG; each DAG counts once."""
    most = subject.knowledge.options.of("AFT306", "max-dags", MOST)
    told: set[tuple[str, Name]] = set()
    tied = ties(subject)
    fullest_first = sorted(due(subject).items(), key=lambda pair: (-len(pair[1]), pair[0]))
    for (root, zone, minute), found in fullest_first:
        new = [name for name in found if (root, name) not in told]
        if len(found) > most and len(new) > most:
            told.update((root, name) for name in found)
            yield hit(minute, zone, [*found.values()], tied)


def ties(subject: ProjectSubject) -> set[Name]:
    """Return the DAGs that wait for a run of another at their own time, and those that are waited for."""
    found: set[Name] = set()
    for dag, task in subject.tasks():
        other = task.arguments.get("external_dag_id")
        if other is not None:
            found |= {dag.dag_id, other} if isinstance(other, str) else {dag.dag_id}
    return found


def due(subject: ProjectSubject) -> dict[tuple[str, str, int], dict[Name, DagFacts]]:
    """Return the DAGs, by id, that are due in each minute of each time zone of each DAG folder.

    Zones are compared by name; where that is not known, nobody knows which other DAGs are due then.
    """
    found: dict[tuple[str, str, int], dict[Name, DagFacts]] = {}
    home = default_zone(subject.knowledge)
    for root, dag in subject.placed():
        schedule, zone = schedule_of(dag.arguments), home if dag.zone == HOME else dag.zone
        paused = dag.arguments.get("is_paused_upon_creation") is True
        if zone is not None and isinstance(schedule, Cron) and each_day(schedule) and not paused:
            for minute in schedule.minutes_of_day:
                found.setdefault((root, zone, minute), {}).setdefault(dag.dag_id, dag)
    return found


def default_zone(known: Knowledge) -> str:
    """Return the time zone of DAGs that name none: Airflow's default where no settings are known."""
    if known.settings is None:
        return UTC
    name = known.settings.get("core", "default_timezone").value or "system"
    return "of the system" if name == "system" else by_name(name) or name


def each_day(schedule: Cron) -> bool:
    """Return whether a DAG is due on all days, and at most once an hour.

    What is due more often has no other minute; those of single days meet only where the days do too.
    """
    whole = len(schedule.days) == 31 and len(schedule.months) == 12 and len(schedule.weekdays) == 7  # noqa: PLR2004
    return whole and len(schedule.minutes) == 1


def hit(minute: int, zone: str, dags: Sequence[DagFacts], tied: Container[Name]) -> Hit:
    """Return the hit for one minute of a time zone."""
    names = ", ".join(dag_name(dag) for dag in dags[:NAMED])
    more = f" and {len(dags) - NAMED} more" if len(dags) > NAMED else ""
    message = f"{len(dags)} DAGs are due at {minute // 60:02}:{minute % 60:02} {zone}: {names}{more}"
    return Hit(dags[0].line, message, dags[0].file, advice=offsets(dags, tied))


def offsets(dags: Sequence[DagFacts], tied: Container[Name]) -> str:
    """Return a proposal: the DAGs spread evenly over the hour, every DAG's cron with its own minute.

    A sensor of another DAG's run looks for that of its own time: such DAGs are no example.
    """
    step = max(1, 60 // len(dags))
    proposed = []
    for number, dag in enumerate([one for one in dags if one.dag_id not in tied][:NAMED]):
        schedule = schedule_of(dag.arguments)
        minute = min(schedule.minutes) if isinstance(schedule, Cron) else 0
        proposed.append(f"{dag_name(dag)} at minute {(minute + number * step) % 60}")
    such = f", such as {', '.join(proposed)}" if proposed else ""
    return f"spread them{such}; what another DAG waits for first, and execution_delta of its sensor with it"


RULE = ProjectRule(
    "AFT306",
    "thundering-schedule",
    Severity.WARN,
    Explanation(
        what=(
            "More than ten DAGs of a project are due in one minute, such as midnight or the full hour. Only "
            "DAGs of one time zone are counted together: Airflow reads a cron schedule in the zone of the "
            "DAG's start_date, else in core.default_timezone (UTC where no --cfg tells it). DAGs whose zone "
            "cannot be read are left out."
        ),
        why=(
            "Their tasks queue up at once and the machines idle for the rest of the hour: the peak decides "
            "how many workers you pay, and how long the first tasks wait."
        ),
        example='DAG("sales", schedule="@daily")  # and so do forty others',
        instead="Spread the minutes, the DAGs that others wait for first.",
        fix="No edit: which DAG may start later only its users know.",
        sources=(
            "airflow.cfg, scheduler.max_dagruns_to_create_per_loop of 3.3.2: 10",
            "https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timezone.html",
        ),
    ),
    check,
    options={"max-dags": MOST},
)
