import time

import pytest

from airflow_tune.bench.measure.sampling import Effort, take


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
