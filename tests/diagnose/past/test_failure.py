"""Classes of failure, what retries brought, and the policy that follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.diagnose.past.failure import (
    NO_FAILURES,
    diagnose_failures,
    frequent_failures,
    useless_retries,
)
from airflow_tune.diagnose.past.interval import wilson
from airflow_tune.findings import Layer
from airflow_tune.history.cause import CAUSES, CODE, LOG_TABLE, NETWORK, TASK_LOG, Traces


def ti(task, start, end, run=1, **more):
    times = {"scheduled": start, "queued": start, "start": start, "end": end}
    return {"dag": "d", "task": task, "run": run, **times, **more}


def test_without_logs_failures_are_told_apart_by_state_and_timing_and_the_rest_is_unknown(make_history):
    tries = [ti("slow", 0, 600 + run, run=run, state="failed") for run in range(1, 4)]
    tries += [ti("bad", 0, 0.5, state="failed"), ti("odd", 0, 60, state="failed")]
    tries += [{**ti("lost", 0, 60, state="failed"), "start": None}]
    found = diagnose_failures(make_history(tries))
    assert {one.cause: (one.tries, one.signs) for one in found.classes} == {
        "timeout": (3, (("always after the same time", 3),)),
        "unknown": (2, (("failed at once", 1),)),
        "zombie": (1, (("never started", 1),)),
    }
    assert found.classes[0].tasks == (("d.slow", 3),)
    assert (found.failed, found.traced) == (6, 0)
    assert found.outcomes[0].success_share == 0


def test_a_trace_of_a_log_decides_against_timing(make_history):
    history = make_history([ti("a", 0, 0.5, run=run, state="failed") for run in (1, 2, 3)])
    traces = Traces.of({1: (NETWORK, "connection refused", TASK_LOG), 2: (CODE, "error in code", LOG_TABLE)})
    found = diagnose_failures(replace(history, traces=traces))
    assert {one.cause: one.signs for one in found.classes} == {
        "network": (("connection refused", 1),),
        "code": (("error in code", 1),),
        "unknown": (("failed at once", 1),),
    }
    assert found.traced == 2


def retried(make_history, cause, results, *, delay=60, retries=3):
    """One task instance a run: the first try fails for `cause`, later ones end as `results[run]` says."""
    earlier, last = [], []
    for run, ends in enumerate(results, 1):
        at, states = 0, ["failed", *("success" if good else "failed" for good in ends)]
        for number, state in enumerate(states, 1):
            row = ti("a", at, at + 10, run=run, try_number=number, state=state)
            (last if number == len(states) else earlier).append(row)
            at += 10 + delay
    history = make_history(last, earlier=earlier, graphs={"d": {"a": {"retries": retries}}})
    failed = [row for row in range(len(history.tries)) if history.tries.state[row] == 5]
    return replace(history, traces=Traces.of(dict.fromkeys(failed, (cause, "seen", TASK_LOG))))


def test_retries_that_succeed_keep_their_number_and_delay(make_history):
    history = retried(make_history, NETWORK, [[True]] * 12 + [[False, True]] * 4)
    found = diagnose_failures(history)
    (policy,) = found.class_policies
    assert (policy.cause, policy.retried, policy.rescued, policy.basis) == ("network", 20, 16, "observed")
    assert (policy.retries, policy.delay_s, policy.exponential, policy.max_delay_s) == (2, 60, True, 600)
    assert policy.low_share < policy.success_share == 0.8 < policy.high_share
    assert (
        policy.advice == "retries=2, retry_delay 60 s, exponential, at most 600 s: 16 of 20 retries succeeded"
    )
    assert [(one.retry_number, one.ended, one.success_share) for one in found.outcomes] == [
        (0, 16, 0), (1, 16, 0.75), (2, 4, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("cause", [NETWORK, 0], ids=["network", "unknown"])
def test_a_class_that_no_retry_ever_helped_gets_none(make_history, cause):
    (policy,) = diagnose_failures(retried(make_history, cause, [[False]] * 12)).class_policies
    assert (policy.retries, policy.delay_s, policy.burnt_s) == (0, None, 120)
    assert policy.advice == "retries=0: 0 of 12 retries succeeded"


@pytest.mark.parametrize(
    ("cause", "retries", "advice"),
    [
        (NETWORK, 3, "retries=3, retry_delay 30 s, exponential, at most 600 s: 0 of 1 retry succeeded"),
        (CODE, 0, "retries=0: 0 of 1 retry succeeded"),
        (0, None, "leave it until logs say why it fails"),
    ],
    ids=["network", "code", "unknown"],
)
def test_few_retries_leave_it_to_what_is_usual_for_the_class(make_history, cause, retries, advice):
    (policy,) = diagnose_failures(retried(make_history, cause, [[False]])).class_policies
    assert (policy.retries, policy.basis, policy.advice) == (retries, "usual for the class", advice)


def test_retries_that_never_help_are_priced_by_what_they_burn(make_history):
    graphs = {"d": {"a": {"retries": 1}, "b": {"retries": 1}}}
    earlier = [ti(name, 0, 10, run=run, state="failed") for name in "ab" for run in (1, 2, 3)]
    last = [ti("a", 20, 50, run=run, state="failed", try_number=2) for run in (1, 2, 3)]
    last += [ti("b", 20, 50, run=run, try_number=2) for run in (1, 2, 3)]
    found = diagnose_failures(make_history(last, earlier=earlier, graphs=graphs))
    assert [(policy.task, policy.rescued, policy.burnt_s) for policy in found.policies] == [
        ("d.a", 0, 90), ("d.b", 3, 0),
    ]  # fmt: skip
    assert found.policies[1].advice == "keep retries = 1: 100% of what failed first succeeded later"
    (useless,) = useless_retries(found)
    assert (useless.saved_s, useless.finding.code, useless.about.subject) == (90, "AFH08", "d.a")


def test_a_class_that_fails_again_and_again_is_a_finding_of_its_layer(make_history):
    (found,) = frequent_failures(diagnose_failures(retried(make_history, NETWORK, [[True]] * 3)))
    assert (found.finding.layer, found.saved_s) == (Layer.INFRASTRUCTURE, 30)
    assert found.finding.message == "3 failures by network (seen), most in d.a"
    assert found.finding.advice.endswith("at most 600 s: 3 of 3 retries succeeded")
    assert frequent_failures(diagnose_failures(retried(make_history, 0, [[True]] * 9))) == ()


def test_nothing_failed(make_history):
    found = diagnose_failures(make_history([ti("a", 0, 1)]))
    assert (found.classes, found.class_policies, found.failed) == ((), (), 0)
    assert diagnose_failures(make_history([])) == NO_FAILURES


@given(st.integers(0, 60), st.integers(0, 60))
def test_an_interval_holds_the_share_and_narrows_with_more_counts(good, bad):
    low, high = wilson(good, good + bad)
    assert 0 <= low <= high <= 1
    if good + bad:
        assert low - 1e-9 <= good / (good + bad) <= high + 1e-9
        closer = wilson(10 * good, 10 * (good + bad))
        assert closer[1] - closer[0] < high - low


def test_every_class_has_a_name():
    assert set(CAUSES) >= {
        "network",
        "database",
        "validation",
        "resource",
        "timeout",
        "zombie",
        "code",
        "unknown",
    }
