"""The reports of `why`: one task instance's life, or all that waits now (`airflow-tune/why/1`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from airflow_tune.diagnose.waits.asked import EXECUTOR, SCHEDULER, UNKNOWN
from airflow_tune.report.jsonable import Json
from airflow_tune.report.page import Page
from airflow_tune.units import format_duration, plural

if TYPE_CHECKING:
    from airflow_tune.diagnose.waits.holders import Holder
    from airflow_tune.diagnose.waits.now import Waiting
    from airflow_tune.diagnose.waits.why import Life, RunLife, TryLife, Wait

SCHEMA = "airflow-tune/why/1"
MOST_STRETCHES = 20
MOST_WAITING = 40
MOST_HOLDERS = 3
MOST_SOONER = 3
LEAST_RUN_WAIT_S = 1.0
"""Below this a DAG run waited for the scheduler's loop only."""
SAME_MOMENT = np.timedelta64(200, "ms")
_MOMENTS = ("ready", "scheduled", "queued", "start", "end")
_MACHINERY = {SCHEDULER, EXECUTOR, UNKNOWN}
_NEVER = "NaT"
_UNMAPPED = -1


def _clock(moment: np.datetime64) -> str:
    """Return a UTC moment for people, to the millisecond; empty where there is none."""
    text = str(moment)
    return "" if text == _NEVER else f"{text[:23].replace('T', ' ')}Z"


def _iso(moment: np.datetime64) -> str | None:
    text = str(moment)
    return None if text == _NEVER else f"{text}Z"


def _instance(task: str, run_id: str, map_index: int) -> str:
    return f"{task}{'' if map_index == _UNMAPPED else f'[{map_index}]'} of {run_id}"


def life_text(life: Life, source: str, *, width: int, colour: bool) -> str:
    """Return what happened to one task instance, try by try, for people."""
    page = Page(width=width, colour=colour)
    page.line(f"{_instance(life.task, life.run_id, life.map_index)} ({source})", hang=2)
    _run(page, life.run)
    for one in life.tries:
        _try(page, one)
    return page.text()


def _run(page: Page, run: RunLife) -> None:
    """Write of the DAG run what it waited for, where that is worth a line."""
    waited = sum(wait.seconds for wait in run.waits)
    if waited < LEAST_RUN_WAIT_S:
        return
    page.heading(f"DAG run: {run.state}, waited {format_duration(waited)} to start")
    page.table([(name, _clock(moment)) for name, moment in _run_moments(run) if _clock(moment)])
    _waits(page, run.waits)


def _run_moments(run: RunLife) -> list[tuple[str, np.datetime64]]:
    return [("due", run.due), ("created", run.queued), ("started", run.start)]


def _try(page: Page, one: TryLife) -> None:
    waited = sum(wait.seconds for wait in one.waits)
    page.heading(f"Try {one.try_number}: {one.state}, waited {format_duration(waited)}")
    if one.retry_wait_s:
        page.line(
            f"The retry's delay took {format_duration(one.retry_wait_s)} before it was ready.", indent=2
        )
    # After a deferral the start comes before scheduled and queued.
    moments = sorted((_clock(getattr(one, name)), name) for name in _MOMENTS)
    rows = [(name, moment) for moment, name in moments if moment]
    if rows:
        page.table([*rows, *_slot_row(one)])
    else:
        page.line("It has not been scheduled yet: it is not ready, or its DAG run is not.", indent=2)
    _waits(page, one.waits)
    limits = [found for found in one.sooner if found[0] not in _MACHINERY]
    for limit, seconds in limits[:MOST_SOONER]:
        page.line(f"Without {limit} it could have started up to {format_duration(seconds)} sooner.", indent=2)


def _slot_row(one: TryLife) -> list[tuple[str, str]]:
    """Return when the executor's slot was free again, a row or none."""
    if not _clock(one.slot_free_at_latest) or one.slot_free_at_latest == one.end:
        return []
    earliest, latest = one.slot_free_at_earliest, one.slot_free_at_latest
    if latest - earliest < SAME_MOMENT:
        return [("slot free", _clock(latest))]
    return [("slot free", f"{_clock(earliest)} at the earliest"), ("", f"{_clock(latest)} at the latest")]


def _waits(page: Page, waits: Sequence[Wait]) -> None:
    longest = sorted(waits, key=lambda wait: -wait.seconds)[:MOST_STRETCHES]
    if longest:
        page.line("What held it meanwhile:", indent=2)
    for wait in sorted(longest, key=lambda wait: str(wait.begin)):
        _wait(page, wait)
    left = len(waits) - len(longest)
    if left:
        page.line(f"and {plural(left, 'shorter wait')}", indent=4)


def _wait(page: Page, wait: Wait) -> None:
    page.line(f"{_clock(wait.begin)}  {format_duration(wait.seconds)}  {wait.limit}", indent=4, hang=4)
    shown = wait.holders[:MOST_HOLDERS]
    if shown:
        left = len(wait.holders) - len(shown) + wait.holders_left_out
        more = f"; and {left} more" if left else ""
        held = "; ".join(
            f"{_instance(one.task, one.run_id, one.map_index)} ({format_duration(one.held_s)})"
            for one in shown
        )
        page.line(f"held by {held}{more}", indent=6, hang=2)


def now_text(
    waiting: Sequence[Waiting], source: str, taken_at: np.datetime64, *, width: int, colour: bool
) -> str:
    """Return what waits, the longest wait first, for people."""
    page = Page(width=width, colour=colour)
    page.line(f"Waiting at {_clock(taken_at)} ({source}): {len(waiting) or 'nothing'}", hang=2)
    for one in waiting[:MOST_WAITING]:
        name = _instance(one.task, one.run_id, one.map_index)
        held = f", held by {one.limit}" if one.limit else ""
        page.line(f"{format_duration(one.waited_s)}  {one.state}{held}: {name}", indent=2, hang=4)
        if one.never:
            page.line(f"can never start: {one.never}", style="bold red", indent=6)
    left = len(waiting) - MOST_WAITING
    if left > 0:
        page.line(f"and {left} more; --format json has them", indent=2)
    return page.text()


def life_json(life: Life, source: str) -> Json:
    """Return what happened to one task instance, for machines."""
    return {
        "schema": SCHEMA,
        "source": source,
        "task": life.task,
        "run_id": life.run_id,
        "map_index": life.map_index,
        "run": _run_json(life.run),
        "tries": [_try_json(one) for one in life.tries],
    }


def _run_json(run: RunLife) -> Json:
    moments = {name: _iso(getattr(run, name)) for name in ("due", "queued", "start", "end")}
    return {"state": run.state, **moments, "waits": [_wait_json(wait) for wait in run.waits]}


def _wait_json(wait: Wait) -> Json:
    return {
        "begin": _iso(wait.begin),
        "end": _iso(wait.end),
        "seconds": wait.seconds,
        "limit": wait.limit,
        "holders": [_holder_json(holder) for holder in wait.holders],
        "holders_left_out": wait.holders_left_out,
    }


def _try_json(one: TryLife) -> Json:
    names = (*_MOMENTS, "slot_free_at_earliest", "slot_free_at_latest")
    return {
        "try_number": one.try_number,
        "state": one.state,
        **{name: _iso(getattr(one, name)) for name in names},
        "retry_wait_s": one.retry_wait_s,
        "waits": [_wait_json(wait) for wait in one.waits],
        "sooner": [{"limit": limit, "seconds": seconds} for limit, seconds in one.sooner],
    }


def _holder_json(holder: Holder) -> Json:
    return {name: getattr(holder, name) for name in ("task", "run_id", "map_index", "held_s")}


def now_json(waiting: Sequence[Waiting], source: str, taken_at: np.datetime64) -> Json:
    """Return what waits, the longest wait first, for machines."""
    return {
        "schema": SCHEMA,
        "source": source,
        "taken_at": _iso(taken_at),
        "waiting": [
            {
                "task": one.task,
                "run_id": one.run_id,
                "map_index": one.map_index,
                "state": one.state,
                "waited_s": one.waited_s,
                "limit": one.limit or None,
                "never": one.never or None,
            }
            for one in waiting
        ],
    }
