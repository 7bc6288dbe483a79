import time

import pytest

from airflow_tune.bench.measure.sampling import Effort, Taken, take


class Counted:
    """A call that knows how often it was made."""

    def __init__(self, lasts_s=0.0):
        self.calls = 0
        self.lasts_s = lasts_s

    def __call__(self):
        self.calls += 1
        if self.lasts_s:
            time.sleep(self.lasts_s)


def test_short_calls_are_repeated_until_a_sample_lasts():
    call = Counted()
    taken = take(call, None, Effort(sample_s=0.002, slice_s=0.01, most_samples=50))
    assert taken.calls > 1000
    assert call.calls == taken.warmups + taken.calls * len(taken.values_s)
    assert all(0 <= value < 0.002 / 1000 for value in taken.values_s)


def test_a_long_call_is_made_once_a_sample():
    call = Counted(0.01)
    taken = take(call, None, Effort(sample_s=0.002, slice_s=0.025, most_samples=50))
    assert taken.calls == 1
    assert 1 <= len(taken.values_s) <= 3
    assert all(value >= 0.01 for value in taken.values_s)


def test_no_more_samples_than_wanted():
    taken = take(Counted(), None, Effort(sample_s=0.0, slice_s=10.0, most_samples=4, calls=1))
    assert len(taken.values_s) == 4


def test_the_calls_of_an_earlier_round_are_kept():
    call = Counted()
    taken = take(call, None, Effort(sample_s=1.0, slice_s=0.0, most_samples=5, calls=7))
    assert (taken.calls, taken.warmups, len(taken.values_s)) == (7, 8, 1)
    assert call.calls == 15


def test_what_runs_before_runs_before_each_call():
    told = []
    effort = Effort(sample_s=0.0, slice_s=1.0, most_samples=2, calls=9)
    taken = take(lambda: told.append("call"), lambda: told.append("before"), effort)
    assert told == ["before", "call"] * 3
    assert (taken.calls, taken.warmups) == (1, 1)


def test_nothing_is_called_beforehand_where_every_call_is_cold():
    call = Counted()
    take(call, None, Effort(sample_s=0.0, slice_s=0.0, most_samples=1, calls=1, warm=False))
    assert call.calls == 1


def test_what_the_call_raises_is_not_held_back():
    with pytest.raises(ZeroDivisionError):
        take(lambda: 1 / 0, None, Effort(0.0, 0.0, 1))


def test_samples_that_waited_for_a_cpu_are_left_out():
    taken = Taken((1.0, 4.0, 1.1, 3.0), (1.0, 0.25, 1.0, 0.3), (0.0, 0.75, 0.005, 0.6), 7, 2)
    assert taken.calm() == Taken((1.0, 1.1), (1.0, 1.0), (0.0, 0.005), 7, 2)


def test_where_all_waited_the_quarter_that_waited_least_stays():
    held = (0.9, 0.2, 0.8, 0.3, 0.7, 0.6, 0.5, 0.4)
    taken = Taken(tuple(map(float, range(8))), (0.1,) * 8, held, 1, 0)
    assert taken.calm().values_s == (1.0, 3.0)
    assert Taken((2.0,), (0.1,), (0.9,), 1, 0).calm().values_s == (2.0,)


def test_work_has_a_cpu_and_sleep_has_none():
    # Some kernels count a thread's time at each tick only: samples are many ticks long here.
    effort = Effort(sample_s=0.0, slice_s=0.2, most_samples=8, calls=1)
    worked = take(lambda: sum(range(2_000_000)), None, effort)
    slept = take(lambda: time.sleep(0.03), None, effort)
    # Beside other work this one has its part of a CPU only.
    assert max(worked.cpu_shares) > 2 * max(slept.cpu_shares)
