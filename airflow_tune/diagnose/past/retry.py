"""What retrying brought, by number and by class of failure, and the policy that follows for each class.

Where enough retries were seen they decide; else the class does: what passes by itself (a network, a busy
database, a lost worker) is worth waiting for with growing delays, so that many tasks do not come back at
once; data and code that are wrong stay wrong. The start values are this project's choice, and each policy
says in `basis` what it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.interval import wilson
from airflow_tune.history import cause as causes
from airflow_tune.history import state
from airflow_tune.history.cause import CAUSES
from airflow_tune.history.column import MICROSECONDS, Bools, Floats, Ints, micros, missing
from airflow_tune.history.model import History
from airflow_tune.units import plural

ENOUGH = 10
"""Of fewer retries the interval of their success is too wide to decide anything."""
WORTH_SHARE = 0.05
"""A further retry that succeeds less often than this burns more slots than it saves."""
MOST_RETRIES = 5
OBSERVED, USUAL = "observed", "usual for the class"


@dataclass(frozen=True, slots=True)
class RetryOutcome:
    """Of the tries with this retry number (0 for first tries): how many ended, and which share succeeded.

    `low_share` and `high_share` are its 95 % interval.
    """

    retry_number: int
    ended: int
    success_share: float
    low_share: float
    high_share: float


@dataclass(frozen=True, slots=True)
class ClassPolicy:
    """How to retry after failures of one class; `retries` is None where nothing is known of the class.

    `retried` of its failures were tried again, `rescued` of these succeeded then (`success_share` with its
    95 % interval); `burnt_s` is the time that the retries which failed again ran. `delay_s` is before the
    first retry; with `exponential` each delay doubles, up to `max_delay_s`.
    """

    cause: str
    retried: int
    rescued: int
    success_share: float
    low_share: float
    high_share: float
    burnt_s: float
    retries: int | None
    delay_s: float | None
    exponential: bool
    max_delay_s: float | None
    basis: str
    advice: str


@dataclass(frozen=True, slots=True)
class _Usual:
    retries: int
    delay_s: float
    exponential: bool
    max_delay_s: float


_USUAL = {
    causes.NETWORK: _Usual(3, 30, exponential=True, max_delay_s=600),
    causes.DATABASE: _Usual(3, 60, exponential=True, max_delay_s=900),
    causes.RESOURCE: _Usual(1, 300, exponential=False, max_delay_s=300),
    causes.TIMEOUT: _Usual(1, 300, exponential=False, max_delay_s=300),
    causes.ZOMBIE: _Usual(2, 60, exponential=True, max_delay_s=300),
    causes.VALIDATION: _Usual(0, 0, exponential=False, max_delay_s=0),
    causes.CODE: _Usual(0, 0, exponential=False, max_delay_s=0),
}


def outcomes(history: History, failed: Bools) -> Iterator[RetryOutcome]:
    """Yield how often tries succeeded, by retry number."""
    tries = history.tries
    success = tries.state == state.SUCCESS
    number = np.maximum(tries.try_number - 1, 0)
    count = np.bincount(number[success | failed])
    good = np.bincount(number[success], minlength=len(count))
    for at in np.flatnonzero(count).tolist():
        seen = (int(good[at]), int(count[at]))
        yield RetryOutcome(at, seen[1], seen[0] / seen[1], *wilson(*seen))


@dataclass(frozen=True, slots=True)
class _Retries:
    """Retries after a failure: its cause, their number, whether they succeeded, delay and time run in s."""

    cause: Ints
    number: Ints
    good: Bools
    delay: Floats
    span: Floats


def _retries(history: History, failed: Bools, cause: Ints, span: Floats) -> _Retries:
    """Return the tries that followed a failed one of the same task instance and ended; `cause` is by try."""
    tries = history.tries
    same = np.ones(max(len(tries) - 1, 0), bool)
    for column in (tries.run, tries.task, tries.map_index):
        same &= column[1:] == column[:-1]
    ended = failed | (tries.state == state.SUCCESS)
    row = np.flatnonzero(same & failed[:-1] & ended[1:]) + 1
    known = ~missing(tries.start)[row] & ~missing(tries.end)[row - 1]
    gap = np.where(known, micros(tries.start)[row] - micros(tries.end)[row - 1], 0) / MICROSECONDS
    return _Retries(
        cause[row - 1].astype(np.int64),
        np.maximum(tries.try_number[row] - 1, 1).astype(np.int64),
        tries.state[row] == state.SUCCESS,
        np.maximum(gap, 0.0),
        span[row],
    )


def _worth(found: _Retries) -> int:
    """Return after how many retries a further one no longer pays."""
    count = np.bincount(found.number, minlength=MOST_RETRIES + 1)
    good = np.bincount(found.number[found.good], minlength=MOST_RETRIES + 1)
    worth = 0
    for number in range(1, MOST_RETRIES + 1):
        if not count[number] or good[number] < WORTH_SHARE * count[number]:
            break
        worth = number
    return worth


def _rounded(seconds: float) -> float:
    """Return `seconds` as a person would set it."""
    steps = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
    return float(min(steps, key=lambda step: abs(step - seconds)))


def _advice(retried: int, rescued: int, chosen: _Usual | None) -> str:
    if chosen is None:
        return "leave it until logs say why it fails"
    seen = f"{rescued} of {plural(retried, 'retry', 'retries')} succeeded" if retried else "none was retried"
    if not chosen.retries:
        return f"retries=0: {seen}"
    growth = f", exponential, at most {chosen.max_delay_s:.0f} s" if chosen.exponential else ""
    return f"retries={chosen.retries}, retry_delay {chosen.delay_s:.0f} s{growth}: {seen}"


def _chosen(cause: int, found: _Retries) -> tuple[_Usual | None, str]:
    """Return the policy for failures of `cause`, None where nothing is known, and what it rests on."""
    rescued, usual = int(found.good.sum()), _USUAL.get(cause)
    if len(found.good) < ENOUGH:
        return usual, USUAL
    usual = usual or _Usual(1, 60, exponential=False, max_delay_s=60)
    delay = usual.delay_s or 60.0
    if rescued >= ENOUGH:
        delay = _rounded(float(np.median(found.delay[found.good])))
    return _Usual(_worth(found), delay, usual.exponential, max(usual.max_delay_s, delay)), OBSERVED


def _policy(cause: int, found: _Retries) -> ClassPolicy:
    retried, rescued = len(found.good), int(found.good.sum())
    chosen, basis = _chosen(cause, found)
    some = chosen if chosen and chosen.retries else None
    return ClassPolicy(
        CAUSES[cause],
        retried,
        rescued,
        rescued / retried if retried else float("nan"),
        *wilson(rescued, retried),
        burnt_s=float(found.span[~found.good].sum()),
        retries=chosen.retries if chosen else None,
        delay_s=some.delay_s if some else None,
        exponential=some is not None and some.exponential,
        max_delay_s=some.max_delay_s if some else None,
        basis=basis,
        advice=_advice(retried, rescued, chosen),
    )


def class_policies(history: History, failed: Bools, cause: Ints, span: Floats) -> tuple[ClassPolicy, ...]:
    """Return the policy of each class with failures, the one with most time burnt first.

    `failed`, `cause` (a code of CAUSES) and `span` (seconds run) are by try.
    """
    every = _retries(history, failed, cause, span)
    found = []
    for code in np.flatnonzero(np.bincount(cause[failed], minlength=len(CAUSES))).tolist():
        own = every.cause == code
        part = _Retries(*(getattr(every, name)[own] for name in _Retries.__slots__))
        found.append(_policy(code, part))
    return tuple(sorted(found, key=lambda policy: -policy.burnt_s))
