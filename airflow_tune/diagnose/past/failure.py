"""Failures by what state and timing say of them, and what retrying them brought.

Without task logs only some causes can be told apart; the rest is called unknown, not guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.priced import Priced, Rule, dearest_first
from airflow_tune.findings import Layer
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, Bools, Floats, Ints, micros, missing
from airflow_tune.history.model import History

USELESS = Rule("AFH08", "retries-never-help", Layer.APPLICATION, "failures")

NEVER_STARTED, INSTANT, TIMEOUT, UNKNOWN = "never_started", "instant", "timeout", "unknown"
INSTANT_S = 1.0
"""A try that fails this soon got no further than importing and validating: retrying repeats it."""
ALIKE_SHARE = 0.02
"""Failures of one task that all took the same time within 2 % were ended by a clock."""
ENOUGH = 3
"""Fewer failures of a task than this say nothing about the next one."""
TIMEOUT_S = 10.0
"""Below this a like duration is a like piece of work, not a timeout."""


@dataclass(frozen=True, slots=True)
class FailureClass:
    """How many tries failed in one way, in which tasks most, and the time they ran."""

    cause: str
    tries: int
    burnt_s: float
    tasks: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TryOutcome:
    """Of all tries with this number: how many ended, and which share of them succeeded (0..1)."""

    try_number: int
    ended: int
    success_share: float


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What retrying one task brought: successes on a later try, time in failed later tries, and advice."""

    task: str
    retries: int
    failed_first: int
    rescued: int
    burnt_s: float
    advice: str


@dataclass(frozen=True, slots=True)
class Failures:
    """Classes with the most tries first, outcomes by try number, policies with the most time burnt first."""

    classes: tuple[FailureClass, ...]
    outcomes: tuple[TryOutcome, ...]
    policies: tuple[RetryPolicy, ...]


NO_FAILURES = Failures((), (), ())


def _failed(history: History) -> Bools:
    found: Bools = np.isin(history.tries.state, (state.FAILED, state.UP_FOR_RETRY))
    return found


def _spans(history: History) -> Floats:
    """Return how long each try ran, in seconds; 0 where it never started."""
    tries = history.tries
    known = ~missing(tries.start) & ~missing(tries.end)
    return np.where(known, np.maximum(micros(tries.end) - micros(tries.start), 0) / MICROSECONDS, 0.0)


def _timed_out(task: Ints, span: Floats, tasks: int) -> Bools:
    """Return which failures belong to a task whose failures all took the same, long time."""
    count = np.bincount(task, minlength=tasks)
    low, high = np.full(tasks, np.inf), np.zeros(tasks)
    np.minimum.at(low, task, span)
    np.maximum.at(high, task, span)
    alike = (count >= ENOUGH) & (low >= TIMEOUT_S) & (high - low <= ALIKE_SHARE * high)
    found: Bools = alike[task]
    return found


def _classes(history: History, row: Ints, span: Floats) -> Iterator[FailureClass]:
    tries = history.tries
    task = tries.task[row].astype(np.int64)
    unstarted = missing(tries.start)[row]
    timed_out = _timed_out(task, span, len(history.tasks))
    cause = np.select([unstarted, timed_out, span < INSTANT_S], [0, 1, 2], default=3)
    for code, name in enumerate((NEVER_STARTED, TIMEOUT, INSTANT, UNKNOWN)):
        own = cause == code
        if np.any(own):
            count = np.bincount(task[own], minlength=len(history.tasks))
            worst = [int(at) for at in np.argsort(-count, kind="stable")[:5] if count[at]]
            named = tuple((history.task_name(at), int(count[at])) for at in worst)
            yield FailureClass(name, int(own.sum()), float(span[own].sum()), named)


def _outcomes(history: History, failed: Bools) -> Iterator[TryOutcome]:
    tries = history.tries
    success = tries.state == state.SUCCESS
    ended = success | failed
    count = np.bincount(tries.try_number[ended].clip(0))
    good = np.bincount(tries.try_number[success].clip(0), minlength=len(count))
    for number in np.flatnonzero(count):
        yield TryOutcome(int(number), int(count[number]), float(good[number] / count[number]))


def _advice(retries: int, failed_first: int, rescued: int) -> str:
    if rescued == 0:
        return "retries = 0: no later try ever succeeded"
    share = rescued / failed_first
    return f"keep retries = {max(retries, 1)}: {share:.0%} of what failed first succeeded later"


def _policies(history: History, failed: Bools, span: Floats) -> Iterator[RetryPolicy]:
    tries, tasks = history.tries, history.tasks
    first, later = tries.try_number <= 1, tries.try_number > 1

    def count(some: Bools, weight: Floats | None = None) -> Floats:
        own = None if weight is None else weight[some]
        return np.bincount(tries.task[some], own, minlength=len(tasks)).astype(float)

    failed_first, rescued = count(failed & first), count(later & (tries.state == state.SUCCESS))
    retried, burnt = count(later & (failed | (tries.state == state.SUCCESS))), count(failed & later, span)
    for task in np.flatnonzero((failed_first >= ENOUGH) & (retried > 0)):
        facts = (
            int(tasks.retries[task]),
            int(failed_first[task]),
            int(min(rescued[task], failed_first[task])),
        )
        yield RetryPolicy(history.task_name(int(task)), *facts, float(burnt[task]), _advice(*facts))


def diagnose_failures(history: History) -> Failures:
    """Return how tries of `history` failed, and what retries brought."""
    failed, span = _failed(history), _spans(history)
    row = np.flatnonzero(failed)
    return Failures(
        tuple(sorted(_classes(history, row, span[row]), key=lambda cause: -cause.tries)),
        tuple(_outcomes(history, failed)),
        tuple(sorted(_policies(history, failed, span), key=lambda policy: -policy.burnt_s)),
    )


def useless_retries(failures: Failures) -> tuple[Priced, ...]:
    """Return the tasks whose retries only burnt slots."""
    return dearest_first(
        USELESS.found(
            f"{policy.task}: {policy.failed_first} task instances failed, no retry ever helped",
            "set retries=0, or raise AirflowFailException where trying again is in vain",
            saved_s=policy.burnt_s,
            shown=[
                ("slot time in retries", f"{policy.burnt_s:.0f} s", "sum of durations of failed later tries")
            ],
        )
        for policy in failures.policies
        if not policy.rescued and policy.retries
    )
