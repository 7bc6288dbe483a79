"""Scenarios played beside the replay of what happened, each with several seeds, on any executor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from statistics import fmean, stdev

import numpy as np

from airflow_tune.diagnose.waits.result import LimitWait, Waits
from airflow_tune.estimates import student_t
from airflow_tune.history.model import History
from airflow_tune.simulate.change import Scenario, apply
from airflow_tune.simulate.error import ModelError, model_error
from airflow_tune.simulate.outcome import DagRun, Outcome, Sharing, Wait, measure
from airflow_tune.simulate.plan import Plan
from airflow_tune.simulate.played import Played, replayed
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.stretch import play_stretched
from airflow_tune.simulate.stuck import Stuck, find_stuck


@dataclass(frozen=True, slots=True)
class Interval:
    """The 95 % confidence interval of a mean over seeds, as what lies on each side of it."""

    makespan_s: float
    wait_mean_s: float
    wait_p95_s: float


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario: figures are means over `seeds`; `half_width` is None with one seed."""

    scenario: Scenario
    outcome: Outcome
    half_width: Interval | None
    stuck: tuple[Stuck, ...]
    seeds: int


@dataclass(frozen=True, slots=True)
class Study:
    """What was observed, what the model makes of the same, how far that is off, and the scenarios.

    `observed` and `error` are None where nothing happened yet: the error is not known then.
    """

    observed: Outcome | None
    baseline: Result
    scenarios: tuple[Result, ...]
    error: ModelError | None

    @property
    def results(self) -> tuple[Result, ...]:
        """Return the baseline and all scenarios."""
        return (self.baseline, *self.scenarios)


def play_once(situation: Situation, seed: int) -> tuple[Outcome, tuple[Stuck, ...]]:
    """Return what one seed makes of `situation`."""
    work = situation.workload()
    plan, played = play_stretched(situation.history, work, situation.system, seed, situation.fits)
    outcome = measure(replayed(situation.history, work, played), situation.machinery)
    if len(played.short_s):
        outcome = replace(outcome, sharing=_sharing(plan, played))
    return outcome, find_stuck(plan, situation.system, played)


def _sharing(plan: Plan, played: Played) -> Sharing:
    took = played.end - played.start
    over = ~np.isnan(took)
    alone = float(plan.stints.work_s[over].sum())
    longer = float(took[over].sum()) / alone - 1 if alone else 0.0
    return Sharing(float(played.peak_bytes.max()), float(played.short_s.max()), max(longer, 0.0))


def study(
    situation: Situation,
    scenarios: Sequence[Scenario],
    seeds: int,
    executor: Executor,
    told: Callable[[], None] = lambda: None,
    *,
    grown: Situation | None = None,
    past: History | None,
) -> Study:
    """Return `scenarios` and the replay of `situation`, each played with seeds 0 to `seeds` - 1.

    Scenarios change `grown`, where it is given. `past` is what was observed of `situation`, None where that
    never happened. `told` is called whenever one has been played. Raises UsageError for a scenario that
    cannot be.
    """
    asked = [Scenario("baseline", ()), *scenarios]
    # What cannot be is found before anything is played.
    situations = [situation, *(apply(grown or situation, one) for one in scenarios)]
    futures = [[executor.submit(play_once, one, seed) for seed in range(seeds)] for one in situations]
    for each in futures:
        for future in each:
            future.add_done_callback(lambda _: told())
    results = [_result(one, each) for one, each in zip(asked, futures, strict=True)]
    baseline, *others = results
    if past is None:
        return Study(None, baseline, tuple(others), None)
    observed = measure(past, situation.machinery)
    return Study(observed, baseline, tuple(others), model_error(observed, baseline.outcome))


def _result(scenario: Scenario, futures: Sequence[Future[tuple[Outcome, tuple[Stuck, ...]]]]) -> Result:
    played = [future.result() for future in futures]
    outcomes = [outcome for outcome, _ in played]
    return Result(scenario, mean_outcome(outcomes), _interval(outcomes), played[0][1], len(outcomes))


def _interval(outcomes: Sequence[Outcome]) -> Interval | None:
    if len(outcomes) < 2:  # noqa: PLR2004 - one value has no spread
        return None
    return Interval(
        _half_width([one.makespan_s for one in outcomes]),
        _half_width([one.wait.mean for one in outcomes]),
        _half_width([one.wait.p95 for one in outcomes]),
    )


def _half_width(values: Sequence[float]) -> float:
    """Return half the confidence interval's width, by Student's t."""
    return student_t(len(values) - 1) * stdev(values) / math.sqrt(len(values))


def mean_outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the means of `outcomes`; of the DAG runs those that ended in each."""
    shares = [one.utilisation_share for one in outcomes if one.utilisation_share is not None]
    waits = [one.wait for one in outcomes]
    return Outcome(
        fmean(one.makespan_s for one in outcomes),
        Wait(*(fmean(getattr(wait, name) for wait in waits) for name in Wait.__slots__)),
        _mean_waits([one.waits for one in outcomes]),
        fmean(shares) if shares else None,
        _mean_runs(outcomes),
        min(one.finished for one in outcomes),
        max(one.peak_running for one in outcomes),
        _mean_sharing([one.sharing for one in outcomes if one.sharing is not None]),
    )


def _mean_sharing(found: Sequence[Sharing]) -> Sharing | None:
    """Return the greatest memory of all seeds, and the means of the rest."""
    if not found:
        return None
    return Sharing(
        max(one.peak_bytes for one in found),
        fmean(one.short_s for one in found),
        fmean(one.longer_share for one in found),
    )


def _mean_waits(waits: Sequence[Waits]) -> Waits:
    seconds: dict[str, float] = {}
    held: dict[str, float] = {}
    for one in waits:
        for limit in one.by_limit:
            seconds[limit.limit] = seconds.get(limit.limit, 0.0) + limit.seconds / len(waits)
            held[limit.limit] = held.get(limit.limit, 0.0) + limit.task_instances / len(waits)
    total = fmean(one.total_s for one in waits)
    ordered = sorted(seconds, key=lambda name: (-seconds[name], name))
    return Waits(
        total,
        tuple(
            LimitWait(name, seconds[name], seconds[name] / max(total, 1e-9), round(held[name]))
            for name in ordered
        ),
    )


def _mean_runs(outcomes: Sequence[Outcome]) -> tuple[DagRun, ...]:
    """Return the DAG runs that ended with every seed."""
    found: dict[tuple[str, str], list[DagRun]] = {}
    for outcome in outcomes:
        for run in outcome.dag_runs:
            found.setdefault((run.dag_id, run.run_id), []).append(run)
    return tuple(
        DagRun(dag_id, run_id, fmean(run.wait_s for run in runs), fmean(run.duration_s for run in runs))
        for (dag_id, run_id), runs in found.items()
        if len(runs) == len(outcomes)
    )
