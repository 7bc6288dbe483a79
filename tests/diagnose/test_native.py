"""The compiled loops and their twins give the same bytes."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.diagnose import native
from airflow_tune.diagnose.past.quantile import by_group, sums
from airflow_tune.diagnose.past.verdict import judge
from airflow_tune.diagnose.waits.asked import Asked
from airflow_tune.diagnose.waits.charge import charged_in_parts
from airflow_tune.diagnose.waits.intervals import FOREVER, Intervals
from airflow_tune.diagnose.waits.levels import above, level
from airflow_tune.diagnose.waits.limit import Limit
from airflow_tune.diagnose.waits.looks import without
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.shares import OneByOne, shared_out
from airflow_tune.diagnose.waits.stretches import Stretches
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.past import Past

built = pytest.mark.skipif(native.library() is None, reason="built without a C compiler")
LARGE = 300
"""More moments than a stretch may meet intervals one by one."""


@contextlib.contextmanager
def plain():
    """Let Python do it, as where there was no C compiler."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "LIBRARY", "/nowhere.so")
        yield


def same(one, other):
    for left, right in zip(one, other, strict=True):
        np.testing.assert_array_equal(left, right)


def columns(rows, width):
    return [np.array(column, np.int64) for column in zip(*rows, strict=True)] or [
        np.zeros(0, np.int64)
    ] * width


MEMBER = st.tuples(st.integers(0, 2), st.integers(-30, 30), st.integers(0, 30), st.integers(1, 3))
ASKS = st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 5)), max_size=5)


@built
@given(st.lists(MEMBER, max_size=20), ASKS)
def test_levels_are_the_same(members, asks):
    group, begin, lasts, weight = columns(members, 4)
    one, other = (level(group, begin, begin + lasts, weight, 3) for _ in range(2))
    asked = columns(asks, 2)
    found, peaks = above(one, *asked), one.peaks()
    with plain():
        expected = above(other, *asked)
        np.testing.assert_array_equal(peaks, other.peaks())
    same(*((spans.group, spans.begin, spans.end) for spans in (found, expected)))


@built
@given(
    st.lists(st.integers(-20, 60), max_size=16, unique=True).map(sorted),
    st.lists(st.integers(-30, 70), max_size=12).map(sorted),
    st.integers(1, 9),
)
def test_what_follows_a_moment_is_left_out_the_same(edges, moments, width):
    begin = np.array(edges[: len(edges) // 2 * 2 : 2], np.int64)
    whole = Intervals(np.zeros(len(begin), np.int64), begin, np.array(edges[1::2], np.int64))
    found = without(whole, np.array(moments, np.int64), width)
    with plain():
        expected = without(whole, np.array(moments, np.int64), width)
    same(*((spans.group, spans.begin, spans.end) for spans in (found, expected)))


@built
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(-9, 9)), max_size=40))
def test_quantiles_and_sums_of_groups_are_the_same(members):
    group, outcome, value = columns(members, 3)
    order, value = np.argsort(value, kind="stable"), value / 7
    found = (*by_group(order, group, 5), *sums(group, 5, outcome, 4, value))
    with plain():
        expected = (*by_group(order, group, 5), *sums(group, 5, outcome, 4, value))
    same(found, expected)


def limits(draw, tries):
    """Some limits of up to three groups; short intervals beside one another, or one that never ends."""
    for number in range(draw(st.integers(0, 4))):
        parts = [(np.zeros(0, np.int64),) * 3]
        for group in range(3):
            count = draw(st.sampled_from([0, 1, 3, LARGE]))
            moments = np.sort(draw_moments(draw, 2 * count))
            parts.append((np.full(count, group), moments[::2], moments[1::2]))
            if draw(st.booleans()):
                parts[-1] = (np.array([group]), np.array([-FOREVER]), np.array([FOREVER]))
        spans = [np.concatenate(column) for column in zip(*parts, strict=True)]
        spans = [column[spans[2] > spans[1]] for column in spans]
        group = np.array(draw(st.lists(st.integers(-1, 3), min_size=tries, max_size=tries)), np.int32)
        if draw(st.booleans()):
            group = np.broadcast_to(np.int32(0), tries)
        yield Limit(Intervals(*spans), group, group, group, f"limit {number} {{}}".format)


def draw_moments(draw, count):
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    return np.unique(random.choice(4 * LARGE, min(4 * LARGE, 2 * count), replace=False))[: count // 2 * 2]


@st.composite
def shared(draw):
    tries = draw(st.integers(1, 12))
    row = sorted(draw(st.lists(st.integers(0, tries - 1), max_size=16)))
    # Of one try there are two stretches at the most.
    row = [one for at, one in enumerate(row) if row[max(at - 2, 0) : at] != [one, one]]
    moment = st.lists(st.integers(0, 4 * LARGE), min_size=4, max_size=4).map(sorted)
    moments = columns([draw(moment) for _ in row], 4)
    lost = np.array([draw(st.booleans()) for _ in row], bool)
    every = tuple(limits(draw, tries))
    before = draw(st.integers(0, len(every)))
    return Asked(every[:before], every[before:]), Stretches(np.array(row, np.int32), *moments, lost)


def entries(limit_of, waits, shares):
    """Return what each stretch was charged with; `limit_of` numbers the limits."""
    spent = np.zeros((len(limit_of), len(waits)), np.int64)
    for limit, places, micros in shares.taken:
        spent[limit_of[id(limit)], places] += micros
    return spent, shares.left_queued, shares.left_start


@built
@given(shared())
def test_stretches_are_shared_out_the_same(case):
    asked, waits = case
    number = {id(one): at for at, one in enumerate((*asked.before_queued, *asked.before_start))}
    kept, shares, others = OneByOne(asked).shared_out(waits)
    same(entries(number, kept, shares), entries(number, kept, shared_out(asked, kept)))
    assert not set(kept.row) & set(others.row)
    assert sorted([*kept.row, *others.row]) == waits.row.tolist()
    with plain():
        assert len(OneByOne(asked).shared_out(waits)[0]) == 0


def charges(history, machinery):
    return sorted(
        (int(row), part.names[limit], int(micros))
        for part in charged_in_parts(history, machinery)
        for row, limit, micros in zip(part.row, part.limit, part.micros, strict=True)
    )


@built
def test_who_waits_long_is_charged_by_class_with_the_same(make_history):
    # A slot of its pool is taken and given back many times while the last one waits.
    tries = [
        {"dag": "d", "task": "a", "run": at + 1, "pool": "p", "scheduled": at, "queued": at, "start": at,
         "end": at + 0.5}
        for at in range(LARGE)
    ]  # fmt: skip
    late = {"scheduled": 0, "queued": LARGE, "start": LARGE, "end": LARGE + 1}
    tries.append({"dag": "d", "task": "b", "run": 1, "pool": "p", **late})
    history = make_history(tries, pools=[("p", 1, False)], graphs={"d": {"a": {}, "b": {}}})
    machinery = Machinery(history.version, ExecutorKind.CELERY, 100)
    found = charges(history, machinery)
    assert any(name == "pool:p" and micros >= 1e8 for _, name, micros in found)
    with plain():
        assert charges(history, machinery) == found


@built
def test_the_verdict_on_real_histories_is_the_same(experiment):
    past = Past(experiment.history, "here", None)
    found = judge(past, experiment.machinery)
    with plain():
        expected = judge(past, experiment.machinery)
    assert repr(found) == repr(expected)
