"""The machinery's times, fitted to real histories whose executors were watched from outside."""

from __future__ import annotations

import pytest

from airflow_tune.simulate.calibrate import TAIL_SLOW_SHARE, calibrate
from airflow_tune.simulate.draw import quantile, uniform

# Shares of slots that stayed busy for 5 s, by the workers' processes, and the loop's body by its timer.
WATCHED = {"E1": (0.351, 0.116), "E4": (0.336, 0.116), "E6": (0.246, 0.116)}


@pytest.mark.parametrize("name", WATCHED)
def test_the_slot_s_tail_is_found_in_the_starts(history_of, name):
    fits = {fit.name: fit for fit in calibrate(history_of(name), idle_sleep_s=1.0, schedulers=1).fits}
    tail, body = fits["slot_tail_slow_share"], fits["loop_body_s"]
    # In E6 few waited in the queue, while the CPU was busy, and fewer of those slots were slow.
    assert tail.value == pytest.approx(WATCHED[name][0], abs=0.09 if name == "E6" else 0.03)
    assert tail.observations > 50
    assert body.value == pytest.approx(WATCHED[name][1], rel=0.25)


def test_what_never_waits_in_the_queue_cannot_tell_the_tail(history_of):
    fits = {fit.name: fit for fit in calibrate(history_of("E11"), idle_sleep_s=1.0, schedulers=1).fits}
    assert (fits["slot_tail_slow_share"].value, fits["slot_tail_slow_share"].observations) == (
        TAIL_SLOW_SHARE,
        0,
    )
    assert fits["start_s"].observations > 100
    assert fits["start_s"].value == pytest.approx(0.032, rel=0.1)


def test_a_wait_in_the_queue_is_not_taken_for_the_start(make_history):
    # Two slots, and everything queued at once: only the first two did not wait.
    rows = [
        {"run": n, "dag": "d", "task": f"t{n}", "queued": 1.0}
        | {"start": 1.03 + n // 2 * 20, "end": 20.0 + n // 2 * 20}
        for n in range(40)
    ]
    fits = {fit.name: fit for fit in calibrate(make_history(rows), idle_sleep_s=1.0, schedulers=1).fits}
    assert fits["start_s"].value < 0.1


def test_several_schedulers_hide_their_loops(history_of):
    found = calibrate(history_of("E4"), idle_sleep_s=1.0, schedulers=2).fits[0]
    assert (found.name, found.observations) == ("loop_body_s", 0)


def test_examining_comes_before_choosing(history_of):
    late = calibrate(history_of("E1"), idle_sleep_s=1.0, schedulers=1).latencies
    assert 0 < late.examine_share < late.choose_share < 1


def test_draws_are_even_and_stay_in_their_tables():
    numbers = [uniform(3, 1, place) for place in range(4000)]
    assert 0 <= min(numbers) < max(numbers) < 1
    assert sum(numbers) / len(numbers) == pytest.approx(0.5, abs=0.02)
    assert len(set(numbers)) == len(numbers)
    assert quantile((1.0, 2.0, 4.0), 0.75) == 3.0
    assert quantile((7.0,), 0.9) == 7.0
