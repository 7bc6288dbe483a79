"""Layers against a plain painter: every µs goes to the first limit that was at its cap."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.diagnose.waits import levels as module
from airflow_tune.diagnose.waits.intervals import Intervals
from airflow_tune.diagnose.waits.layer import Chain
from airflow_tune.diagnose.waits.levels import above, level
from airflow_tune.diagnose.waits.looks import LONGEST_STALL_US, extended, without

TOP = 40


def spans_of(draw, groups):
    """Disjoint intervals of each group, from a set of moments at which it changes."""
    found = []
    for group in range(groups):
        moments = sorted(draw(st.sets(st.integers(0, TOP), max_size=8)))
        found += [
            (group, low, high) for low, high in zip(moments[::2], moments[1::2], strict=False) if low < high
        ]
    return found


def columns(rows, width=3):
    return [np.array(column, np.int64) for column in zip(*rows, strict=True)] or [
        np.zeros(0, np.int64)
    ] * width


@st.composite
def cases(draw):
    limits = [spans_of(draw, draw(st.integers(1, 3))) for _ in range(draw(st.integers(1, 4)))]
    stretch = st.tuples(st.integers(0, TOP), st.integers(0, TOP), *(st.integers(-1, 3) for _ in limits))
    return limits, draw(st.lists(stretch, min_size=1, max_size=8))


def painted(limits, begin, end, groups):
    taken = [0] * len(limits)
    for moment in range(begin, end):
        for at, (spans, group) in enumerate(zip(limits, groups, strict=True)):
            if any(own == group and low <= moment < high for own, low, high in spans):
                taken[at] += 1
                break
    return taken


@given(cases())
def test_each_moment_goes_to_the_first_limit_at_its_cap(case):
    limits, stretches = case
    begin, end, *groups = columns(stretches)
    end = np.maximum(begin, end)
    chain = Chain(begin, end)
    for at, spans in enumerate(limits):
        rows, spent = chain.ask(Intervals(*columns(spans)), groups[at])
        whole = np.zeros(len(begin), np.int64)
        whole[rows] = spent
        for row, stretch in enumerate(stretches):
            wanted = painted(limits, int(begin[row]), int(end[row]), stretch[2:])
            assert whole[row] == wanted[at]
    for row, stretch in enumerate(stretches):
        wanted = painted(limits, int(begin[row]), int(end[row]), stretch[2:])
        assert chain.left[row] == end[row] - begin[row] - sum(wanted)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, TOP), st.integers(0, TOP), st.integers(1, 3)), max_size=10
    ),
    st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 4)), min_size=1, max_size=5),
)
def test_above_is_when_the_sum_of_weights_passes_the_threshold(members, asked):
    members = [(group, min(a, b), max(a, b) + 1, weight) for group, a, b, weight in members]
    levels = level(*columns(members, 4), 3)
    group, threshold = columns(asked)
    found = above(levels, group, threshold)
    for at in range(len(asked)):
        own = found.group == at
        for moment in range(TOP + 2):
            held = sum(w for g, low, high, w in members if g == group[at] and low <= moment < high)
            inside = bool(np.any(own & (found.begin <= moment) & (found.end > moment)))
            assert inside == (held > threshold[at])
        assert np.all(found.begin[own][1:] > found.end[own][:-1])
    some = np.flatnonzero(threshold >= 0)
    asked_for = (levels.steps, group[some], threshold[some], some)
    for one, other in zip(module._one_by_one(*asked_for), module._together(*asked_for), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_refusal_lasts_until_the_next_look():
    capped = Intervals(*columns([(0, 0, 10), (0, 12, 20), (0, 31, 40), (1, 5, 50)]))
    found = extended(capped, np.array([5, 15, 25]))
    assert list(zip(found.group, found.begin, found.end, strict=True)) == [
        (0, 0, 25),
        (0, 31, 40),
        (1, 5, 50),
    ]


def test_a_refusal_lasts_no_longer_than_a_scheduler_stalls():
    found = extended(Intervals(*columns([(0, 0, 10)])), np.array([10**12]))
    assert found.end.tolist() == [10 + LONGEST_STALL_US]


def test_what_follows_a_moment_is_left_out():
    found = without(Intervals(*columns([(0, 0, 10), (0, 20, 30)])), np.array([3, 4, 9, 19, 50]), 2)
    assert list(zip(found.begin.tolist(), found.end.tolist(), strict=True)) == [(0, 3), (6, 9), (21, 30)]


def test_nothing_is_extended_without_looks():
    capped = Intervals(*columns([(0, 0, 10)]))
    assert extended(capped, np.zeros(0, np.int64)).end.tolist() == [10]
    assert extended(capped).end.tolist() == [10]
