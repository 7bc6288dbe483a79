"""What a limit cost in the past and what another size would spare, in words and with the arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow_tune.diagnose.past.span import WEEK_S
from airflow_tune.findings import Confidence, Evidence
from airflow_tune.origins import computed
from airflow_tune.recommend.measured import origin_of
from airflow_tune.units import format_duration, format_share, plural

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.lessons import Lessons
    from airflow_tune.diagnose.past.wanted import Wanted
    from airflow_tune.recommend.plan import Plan

DAY_S = 86400.0
LARGEST_ERROR = 0.35
"""A replay that misses today's own waiting by more than this is not believed for another size; judgement."""


class Spared(NamedTuple):
    """What a new size spares: a sentence part, and how it was derived."""

    text: str
    evidence: tuple[Evidence, ...]


def waited_s(lessons: Lessons, limit: str) -> float:
    """Return the seconds of waiting that the past charged to `limit`."""
    return next((one.seconds for one in lessons.verdict.waits.by_limit if one.limit == limit), 0.0)


def paid(lessons: Lessons, limit: str) -> str:
    """Return what `limit` cost, such as "caused 62% of all waiting (3h 6m a day)"; empty for nothing."""
    found = next((one for one in lessons.verdict.waits.by_limit if one.limit == limit), None)
    if found is None or found.seconds <= 0:
        return ""
    return f"caused {format_share(found.share)} of all waiting ({rate(found.seconds, lessons.span_s)})"


def rate(seconds: float, span_s: float) -> str:
    """Return seconds a day where the history spans one, else seconds and the span they were seen in."""
    if span_s >= DAY_S:
        return f"{format_duration(seconds / span_s * DAY_S)} a day"
    return f"{format_duration(seconds)} in {format_duration(span_s)} of history"


def bound(plan: Plan, limit: str, size: int) -> Spared:
    """Return what `limit` cost and what `size` slots of it would spare, as the first clause of a reason."""
    lessons = plan.lessons
    if lessons is None or not paid(lessons, limit):
        return Spared("", ())
    gain = spared(lessons, limit, size)
    text = f"it {paid(lessons, limit)}; {gain.text}; " if gain.text else f"it {paid(lessons, limit)}; "
    return Spared(text, (*paid_evidence(lessons, limit), *gain.evidence))


def paid_evidence(lessons: Lessons, limit: str) -> tuple[Evidence, ...]:
    """Return the waiting charged to `limit`, and all waiting, as evidence."""
    seconds, total = waited_s(lessons, limit), lessons.verdict.waits.total_s
    held = next((one.task_instances for one in lessons.verdict.waits.by_limit if one.limit == limit), 0)
    return (
        Evidence(
            f"waited for {limit}",
            f"{format_duration(seconds)} by {plural(held, 'task instance')}",
            origin_of(lessons),
        ),
        Evidence(
            "share of all waiting",
            format_share(seconds / total if total else 0.0),
            computed("waited for it / waited in all"),
            f"{seconds:.1f} s / {total:.1f} s",
        ),
    )


def spared(lessons: Lessons, limit: str, size: int) -> Spared:
    """Return what `size` slots of `limit` would spare of its waiting: by replay where that can be believed.

    The replay's error on today's size is printed; where it is too large only the bound is given.
    """
    one = lessons.wanted.get(limit)
    if one is None or size <= one.size or waited_s(lessons, limit) <= 0:
        return Spared("", ())
    error = replay_error(one)
    if abs(error) > LARGEST_ERROR:
        return _bounded(one, size, error)
    left, least = one.left_share(size), one.most_left_share(size)
    text = (
        f"at {size} about {format_share(1 - left)} of that would go, by replay (at least"
        f" {format_share(1 - least)}; no other limit considered)"
    )
    return Spared(text, (*_replay_evidence(one, size, error), _bound_evidence(one, size)))


def believed(one: Wanted) -> bool:
    """Return whether the replay of `one` reproduces today's waiting well enough."""
    return abs(replay_error(one)) <= LARGEST_ERROR


def replay_error(one: Wanted) -> float:
    """Return by which share of what was really waited the replay of today's size misses it."""
    return one.replayed_s(one.size) / one.waited_s - 1 if one.waited_s > 0 else 0.0


def _bounded(one: Wanted, size: int, error: float) -> Spared:
    text = f"at {size} at least {format_share(1 - one.most_left_share(size))} of that would go"
    note = Evidence(
        "replay of today's size",
        f"misses by {error:+.0%}: not believed",
        computed("replayed / waited - 1"),
        f"{one.replayed_s(one.size):.1f} s / {one.waited_s:.1f} s - 1",
    )
    return Spared(text, (note, _bound_evidence(one, size)))


def _replay_evidence(one: Wanted, size: int, error: float) -> tuple[Evidence, ...]:
    today, then = one.replayed_s(one.size), one.replayed_s(size)
    how = computed("the same task instances, first come, first served, by so many slots")
    return (
        Evidence(
            f"replayed with {one.size} slots, as it was",
            f"{format_duration(today)}, {error:+.0%} off what was waited",
            how,
            f"{today:.1f} s / {one.waited_s:.1f} s - 1",
        ),
        Evidence(f"replayed with {size} slots", format_duration(then), how),
    )


def _bound_evidence(one: Wanted, size: int) -> Evidence:
    return Evidence(
        f"still waiting at {size} slots, at most",
        format_share(one.most_left_share(size)),
        computed("integral of max(0, wanted at once - slots), as a share of today's"),
        f"most wanted at once: {one.peak}",
    )


def confidence(lessons: Lessons) -> Confidence:
    """Return how far advice from the past alone can be trusted: by how much of a week it covers."""
    if lessons.whole_week:
        return Confidence.HIGH
    return Confidence.MEDIUM if lessons.span_s >= DAY_S else Confidence.LOW


def basis(lessons: Lessons) -> str:
    """Return what the trust in such advice rests on."""
    span = format_duration(lessons.span_s)
    if lessons.whole_week:
        return f"rests on {span} of your own history"
    return f"rests on {span} of your own history; {week_on(lessons)}"


def week_on(lessons: Lessons) -> str:
    """Return when the history will span a week, or how to read one."""
    since = lessons.verdict.since_s
    if since is not None and since < WEEK_S:
        return "a week is read with --since 7d"
    return f"a whole week is there on {lessons.week_on}"
