"""What a modelled workload rests on, in words, each number with its origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflow_tune.profiles.model import Profile
from airflow_tune.simulate.modelled.arrival import Arrivals, How, Window
from airflow_tune.simulate.modelled.declared import some
from airflow_tune.simulate.modelled.task import MAPPED
from airflow_tune.simulate.modelled.work import Work
from airflow_tune.units import format_duration, plural


def assumptions(
    work: Sequence[Work],
    came: Mapping[str, Arrivals],
    window: Window,
    profile: Profile,
    made_up: Mapping[str, int],
) -> Iterator[str]:
    """Yield what is assumed; `made_up` are the slots of pools that nobody described."""
    yield (
        f"{plural(len(came), 'DAG')} modelled from files, from {window.begin:%A %Y-%m-%d %H:%M} UTC on for"
        f" {format_duration(window.length_s)}: schedules are taken in UTC, and no try fails"
    )
    yield from _starts(came)
    yield from _durations([one for one in work if not one.instant], profile)
    guessed = [one.full_name for one in work if one.guessed]
    if guessed:
        yield f"mapped tasks whose instances only a run tells have {MAPPED} (assumed): {some(guessed)}"
    for name, slots in made_up.items():
        yield f"nobody described the pool {name}: {slots} slots (assumed; --db knows it, --pool sets it)"


def _starts(came: Mapping[str, Arrivals]) -> Iterator[str]:
    for how, effect in (
        (How.FOLLOWS, "run when the tasks before them would end where nothing waits"),
        (How.BY_HAND, "run once, at the begin"),
        (How.UNREAD, "run once, at the begin"),
    ):
        names = [dag_id for dag_id, one in came.items() if one.how is how]
        if names:
            yield f"DAGs with {how.value} {effect}: {some(names)}"


def _durations(work: Sequence[Work], profile: Profile) -> Iterator[str]:
    yield (
        f"durations are of the profile {profile.name} ({profile.origin}): log-normal, its duration as the"
        " median, its longest as what one in a thousand exceeds"
    )
    counts: dict[str, int] = {}
    for one in work:
        counts[one.found.name] = counts.get(one.found.name, 0) + 1
    for name, count in sorted(counts.items()):
        took = profile.task_class(name).duration_s
        yield (
            f"{plural(count, f'{name} task')}: {format_duration(took.value)} in the middle"
            f" ({took.origin}: {took.source})"
        )
    drawn = sum(one.drawn for one in work)
    if drawn:
        yield f"{plural(drawn, 'task')} whose operator may do anything: a class drawn from the profile's mix"
