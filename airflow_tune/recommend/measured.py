"""The installation with what its own past measured in place of start values: durations, mix, pools, loop."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from airflow_tune.diagnose.past.span import ENOUGH_TRIES
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.model import DEFAULT_POOL, Installation
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.profiles.model import Profile, Sourced, TaskClass, Triggers
from airflow_tune.units import format_duration, plural

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.lessons import Lessons
    from airflow_tune.diagnose.past.mix import KindOfWork

WAITING = "waiting"


def measured_by(installation: Installation, lessons: Lessons) -> Installation:
    """Return `installation` with durations, mix, loop and pools as the past has them.

    What the past cannot tell (memory, cores of a task) stays the profile's.
    """
    found = replace(
        installation,
        profile=_profile(installation.profile, lessons),
        footprint=installation.footprint._replace(scheduler_period_s=_period(installation, lessons)),
    )
    found = found if found.pools else _with_pools(found, lessons)
    notes = (*found.notes, _note(lessons), _changed_since(installation, lessons))
    return replace(found, notes=tuple(note for note in notes if note))


def slots_set(installation: Installation) -> int:
    """Return the task instances that the settings let all schedulers hand out, 0 for no limit."""
    each = max(installation.settings.integer("core", "parallelism") or 0, 0)
    return each * installation.deployment.schedulers.count.value


def _changed_since(installation: Installation, lessons: Lessons) -> str:
    """Return that what ran the history had another parallelism than the settings say now."""
    then, now = lessons.machinery.slots, slots_set(installation)
    if then == now or installation.runs(ExecutorKind.SEQUENTIAL):
        return ""
    ran = f"the history ran with {then} slots of parallelism, the settings say {now}"
    return f"{ran}: its waits are those of then"


def _note(lessons: Lessons) -> str:
    """Return what a short history cannot give yet, and when it will."""
    if lessons.enough_tries:
        return ""
    seen = plural(lessons.tries, "task instance")
    return (
        f"the history holds {seen}, too few to plan by their durations: {ENOUGH_TRIES} task instances are"
        f" there on {lessons.tries_on(ENOUGH_TRIES)} at this rate"
    )


def origin_of(lessons: Lessons) -> Origin:
    """Return where measured figures were read."""
    tries, span = plural(lessons.tries, "task instance"), format_duration(lessons.span_s)
    return Origin(OriginKind.MEASURED, f"{tries} in {span} of history")


def _period(installation: Installation, lessons: Lessons) -> Measured[float]:
    """Return the period between two looks that queued something, where the past shows some."""
    period = lessons.verdict.scheduler.period_p50_s
    if math.isfinite(period) and lessons.enough_tries:
        return Measured(round(period, 2), origin_of(lessons))
    return installation.footprint.scheduler_period_s


def _with_pools(installation: Installation, lessons: Lessons) -> Installation:
    origin = Origin(OriginKind.MEASURED, lessons.verdict.source)
    pools = {name: Measured(slots, origin) for name, slots in lessons.pools.items()}
    return replace(installation, pools=pools, default_pool=pools.get(DEFAULT_POOL, installation.default_pool))


class _Work(NamedTuple):
    """The kinds of work that operators' names tell, what no name tells, and the time of all of it."""

    told: dict[str, KindOfWork]
    untold: KindOfWork | None
    total_s: float


def _profile(profile: Profile, lessons: Lessons) -> Profile:
    if not lessons.enough_tries:
        return profile
    told = {one.kind: one for one in lessons.mix}
    work = _Work(told, told.pop("", None), sum(one.running_s for one in lessons.mix) or 1.0)
    # What may do anything is taken to do what the profile expects, sensors apart: those have their own name.
    expected = {one.name: one.share.value for one in profile.classes if one.name != WAITING}
    whole = sum(expected.values())
    parts = {name: share / whole if whole else 1 / len(expected) for name, share in expected.items()}
    triggers = profile.triggers
    if lessons.whole_week or lessons.deferred_peak > triggers.deferred_peak.value:
        peak = Sourced(float(lessons.deferred_peak), origin_of(lessons), "most deferred at once")
        triggers = Triggers(peak)
    where = f"{profile.origin}, with durations and shares of the history"
    return profile._replace(
        classes=tuple(_class(one, work, parts.get(one.name, 0.0), lessons) for one in profile.classes),
        triggers=triggers,
        origin=Origin(OriginKind.MEASURED, where),
    )


def _class(one: TaskClass, work: _Work, part: float, lessons: Lessons) -> TaskClass:
    """Return a task class with its own kind's figures and `part` of what no name tells."""
    origin, shares = origin_of(lessons), [(work.told.get(one.name), 1.0), (work.untold, part)]
    seconds = sum(kind.running_s * share for kind, share in shares if kind)
    tries = sum(kind.tries * share for kind, share in shares if kind)
    if not tries or not seconds:
        return one._replace(share=Sourced(0.0, origin, "no such task ran"))
    longest = max(kind.longest_s for kind, share in shares if kind and share)
    if not lessons.whole_week:
        longest = max(longest, one.longest_s.value)
    return one._replace(
        share=Sourced(seconds / work.total_s, origin, "share of the time that task instances ran"),
        duration_s=Sourced(seconds / tries, origin, "mean of the task instances"),
        longest_s=Sourced(
            longest, origin, "the longest task instance, in less than a week the profile's too"
        ),
    )
