"""`why` cut to what a person reads."""

from __future__ import annotations

import dataclasses

import numpy as np

from airflow_tune.diagnose.waits.holders import Holder
from airflow_tune.diagnose.waits.now import Waiting
from airflow_tune.diagnose.waits.why import Life, RunLife, TryLife, Wait
from airflow_tune.report.why import life_text, now_text

AT = np.datetime64("2026-03-01T00:00:00", "us")
NAT = np.datetime64("NaT", "us")


def life(waits):
    sooner = (("executor", 9.0), ("pool:p", 5.0))
    return told(TryLife(1, "success", AT, NAT, AT, AT, AT, AT, AT, tuple(waits), sooner))


def told(one, run=None):
    run = run or RunLife("success", AT, AT, AT, AT, ())
    return life_text(Life("d.t", "r", -1, run, (one,)), "here", width=100, colour=False)


def wait(second, seconds, holders=(), left_out=0):
    begin = AT + np.timedelta64(second, "s")
    return Wait(begin, begin, seconds, "pool:p", tuple(holders), left_out)


def test_the_longest_twenty_waits_stand_in_order_of_time():
    text = life([wait(number, float(number + 1)) for number in range(22)])
    assert text.count("pool:p\n") == 20
    assert "00:00:00.000Z  1s  pool:p" not in text
    assert text.index("00:00:02.000Z") < text.index("00:00:21.000Z")
    assert "    and 2 shorter waits\n" in text


def test_three_holders_are_named_and_the_rest_counted():
    held = [Holder(f"d.h{number}", "r", -1, 1.0) for number in range(5)]
    assert "held by d.h0 of r (1s); d.h1 of r (1s); d.h2 of r (1s); and 6 more" in life(
        [wait(0, 1.0, held, 4)]
    )


def test_only_a_limit_can_be_lifted_and_missing_moments_are_left_out():
    text = life([wait(0, 5.0)])
    assert "Without pool:p it could have started up to 5s sooner." in text
    assert "scheduled" not in text
    assert "What held it meanwhile" not in life([])


def test_forty_that_wait_are_shown():
    waiting = [Waiting("d.t", "r", number, "queued", 60.0, "", "") for number in range(41)]
    text = now_text(waiting, "here", AT, width=100, colour=False)
    assert text.startswith("Waiting at 2026-03-01 00:00:00.000Z (here): 41\n  1m  queued: d.t[0] of r\n")
    assert text.endswith("and 1 more; --format json has them\n")
    assert "more" not in now_text(waiting[:40], "here", AT, width=100, colour=False)


def test_what_was_never_scheduled_says_so():
    text = told(TryLife(0, "none", NAT, NAT, NAT, NAT, NAT, NAT, NAT, (), ()))
    assert "Try 0: none, waited 0s\n  It has not been scheduled yet" in text


def test_when_the_slot_was_free_is_told_as_exactly_as_it_is_known():
    one = TryLife(1, "success", AT, AT, AT, AT, AT, AT, AT + np.timedelta64(5, "s"), (), ())
    text = told(one)
    assert "slot free  2026-03-01 00:00:00.000Z at the earliest" in text
    assert "2026-03-01 00:00:05.000Z at the latest" in text
    exact = dataclasses.replace(one, slot_free_at_earliest=one.slot_free_at_latest)
    assert "slot free  2026-03-01 00:00:05.000Z\n" in told(exact)
    assert "slot free" not in told(dataclasses.replace(one, slot_free_at_latest=AT))


def test_a_retry_says_how_long_its_delay_was_and_a_run_what_it_waited_for():
    one = TryLife(2, "success", AT, AT, AT, AT, AT, AT, AT, (), (), 300.0)
    assert "The retry's delay took 5m before it was ready." in told(one)
    run = RunLife("running", AT, AT, AT, NAT, (Wait(AT, AT, 70.0, "max_active_runs:d", (), 0),))
    text = told(one, run)
    assert "DAG run: running, waited 1m 10s to start" in text
    assert "1m 10s  max_active_runs:d" in text
    assert "DAG run" not in told(one)
