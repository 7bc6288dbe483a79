"""Failures by class: from traces in logs where there are some, else by what state and timing say.

What neither tells is called unknown, not guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from airflow_tune.diagnose.past.priced import About, Priced, Rule, dearest_first
from airflow_tune.diagnose.past.retry import ClassPolicy, RetryOutcome, class_policies, outcomes
from airflow_tune.findings import Layer
from airflow_tune.history import state
from airflow_tune.history.cause import CAUSES, TIMEOUT, UNKNOWN, ZOMBIE
from airflow_tune.history.column import MICROSECONDS, Bools, Codes, Floats, Ints, micros, missing
from airflow_tune.history.model import History
from airflow_tune.units import plural

USELESS = Rule("AFH08", "retries-never-help", Layer.APPLICATION, "failures")
_LAYERS = {
    "network": Layer.INFRASTRUCTURE,
    "database": Layer.INFRASTRUCTURE,
    "zombie": Layer.INFRASTRUCTURE,
    "resource": Layer.SYSTEM,
}
_DO = {
    "network": "look at what stands behind it; retry with growing delays",
    "database": "look at that database's load and connections; retry with growing delays",
    "validation": "check the data before the work, and raise AirflowFailException where it is wrong",
    "resource": "give these tasks more memory, or run fewer of them beside one another",
    "timeout": "find out what makes them slow before raising execution_timeout",
    "zombie": "look at the workers' memory and restarts, and at the scheduler's heartbeat",
    "code": "mend the code or its configuration; no retry does",
}

NEVER_STARTED, INSTANT, SAME_DURATION = "never started", "failed at once", "always after the same time"
INSTANT_S = 1.0
"""A try that fails this soon did not get far; why is not known without its log."""
ALIKE_SHARE = 0.02
"""Failures of one task that all took the same time within 2 % were ended by a clock."""
ENOUGH = 3
"""Fewer failures of a task than this say nothing about the next one."""
TIMEOUT_S = 10.0
"""Below this a like duration is a like piece of work, not a timeout."""
MOST_NAMED = 5


class Count(NamedTuple):
    """A name and how many tries it stands for."""

    name: str
    tries: int


@dataclass(frozen=True, slots=True)
class FailureClass:
    """How many tries failed for one cause, the time they ran, in which tasks most, and what was seen of it.

    `tasks` and `signs` are names with their counts, the most frequent five.
    """

    cause: str
    tries: int
    burnt_s: float
    tasks: tuple[Count, ...]
    signs: tuple[Count, ...]


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
    """Classes with the most tries first; outcomes by retry number; policies by class and by task.

    `traced` of the `failed` tries have a class from a log; the others' is from state and timing.
    """

    failed: int
    traced: int
    classes: tuple[FailureClass, ...]
    outcomes: tuple[RetryOutcome, ...]
    class_policies: tuple[ClassPolicy, ...]
    policies: tuple[RetryPolicy, ...]


NO_FAILURES = Failures(0, 0, (), (), (), ())


@dataclass(frozen=True, slots=True)
class _Judged:
    """Of each failed try `row`: cause (code of CAUSES), sign (row of `signs`), seconds run."""

    row: Ints
    cause: Codes
    sign: Codes
    signs: tuple[str, ...]
    span: Floats


def failed_tries(history: History) -> Bools:
    """Return which tries failed, for good or to be tried again."""
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


def _judged(history: History, failed: Bools, span: Floats) -> _Judged:
    row, tries, traces = np.flatnonzero(failed), history.tries, history.traces
    own, task = span[row], tries.task[row].astype(np.int64)
    which = np.select(
        [missing(tries.start)[row], _timed_out(task, own, len(history.tasks)), own < INSTANT_S], [1, 2, 3]
    )
    cause = np.array([UNKNOWN, ZOMBIE, TIMEOUT, UNKNOWN], np.int32)[which]
    signs = ("", NEVER_STARTED, SAME_DURATION, INSTANT, *traces.signs)
    sign = which.astype(np.int32)
    at = np.searchsorted(row, traces.row)
    told = np.flatnonzero(np.append(row, -1)[at] == traces.row)
    cause[at[told]], sign[at[told]] = traces.cause[told], traces.sign[told] + 4
    return _Judged(row, cause, sign, signs, own)


def _most(code: Ints, names: int) -> list[tuple[int, int]]:
    """Return the most frequent five of `code` with their counts."""
    count = np.bincount(code, minlength=names)
    worst = np.argsort(-count, kind="stable")[:MOST_NAMED].tolist()
    return [(at, int(count[at])) for at in worst if count[at]]


def _classes(history: History, judged: _Judged) -> Iterator[FailureClass]:
    task = history.tries.task[judged.row].astype(np.int64)
    for code, name in enumerate(CAUSES):
        own = judged.cause == code
        if np.any(own):
            yield FailureClass(
                name,
                int(own.sum()),
                float(judged.span[own].sum()),
                tuple(Count(history.task_name(at), n) for at, n in _most(task[own], len(history.tasks))),
                tuple(
                    Count(judged.signs[at], n)
                    for at, n in _most(judged.sign[own], len(judged.signs))
                    if judged.signs[at]
                ),
            )


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
    failed, span = failed_tries(history), _spans(history)
    judged = _judged(history, failed, span)
    cause = np.zeros(len(failed), np.int32)
    cause[judged.row] = judged.cause
    return Failures(
        len(judged.row),
        len(np.intersect1d(judged.row, history.traces.row)),
        tuple(sorted(_classes(history, judged), key=lambda one: -one.tries)),
        tuple(outcomes(history, failed)),
        class_policies(history, failed, cause, span),
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
            about=About("failures", policy.task),
        )
        for policy in failures.policies
        if not policy.rescued and policy.retries
    )


def frequent_failures(failures: Failures) -> tuple[Priced, ...]:
    """Return the classes that tries failed for again and again, priced by the slot time they took."""
    policies = {policy.cause: policy for policy in failures.class_policies}
    return dearest_first(
        Rule("AFH09", "failures-of-one-kind", _LAYERS.get(one.cause, Layer.APPLICATION), "failures").found(
            f"{plural(one.tries, 'failure')} by {one.cause} ({', '.join(sign for sign, _ in one.signs)}),"
            f" most in {one.tasks[0][0]}",
            f"{_DO[one.cause]}. {policies[one.cause].advice}",
            saved_s=one.burnt_s,
            shown=[("slot time of failed tries", f"{one.burnt_s:.0f} s", "sum of their durations")],
            about=About("failures", one.cause, tuple(task for task, _ in one.tasks)),
        )
        for one in failures.classes
        if one.cause in _DO and one.tries >= ENOUGH
    )
