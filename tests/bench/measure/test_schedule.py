import random

import pytest

from airflow_tune.bench.measure.effort import BUDGETS, Budget
from airflow_tune.bench.measure.record import Record
from airflow_tune.bench.measure.schedule import following, left_s, rounds_for
from airflow_tune.bench.workload import Length

BUDGET = Budget(total_s=100.0, hard_s=110.0, sample_s=0.01, slice_s=0.1, least_rounds=3, most_rounds=10)


def seeded(seed):
    return random.Random(seed)  # noqa: S311 - no secret


def record(made, name, rounds, round_s):
    return Record(made(name=name), [], "", BUDGET.most_rounds, rounds=rounds, elapsed_s=rounds * round_s)


@pytest.mark.parametrize(
    ("costs_s", "left", "expected"),
    [
        ([1.0, 1.0], 18.0, [10, 10]),  # time for all
        ([1.0, 1.0], 8.0, [5, 5]),  # shared evenly
        ([0.1, 2.0], 14.0, [10, 7]),  # what the cheap one does not need goes to the other
        ([1.0, 50.0], 10.0, [3, 3]),  # too little even for the least: those are wanted still
    ],
)
def test_time_is_shared_evenly_and_what_is_left_over_goes_to_the_others(made, costs_s, left, expected):
    records = [record(made, str(cost), 1, cost) for cost in costs_s]
    assert rounds_for(records, BUDGET, left) == expected


def test_each_has_its_first_round_before_any_has_its_second(made):
    records = [record(made, "a", 1, 1.0), record(made, "b", 0, 0.0), record(made, "c", 0, 0.0)]
    names = {following(records, BUDGET, 50.0, seeded(seed)).workload.name for seed in range(20)}
    assert names == {"b", "c"}
    assert left_s(records, BUDGET, 50.0) == 50.0, "what rounds cost is not known yet"


def test_the_one_furthest_from_its_rounds_is_next(made):
    records = [record(made, "a", 4, 1.0), record(made, "b", 3, 1.0)]
    assert following(records, BUDGET, 50.0, seeded(1)).workload.name == "b"
    assert left_s(records, BUDGET, 50.0) == 13.0


def test_no_round_begins_that_would_end_too_late(made):
    records = [record(made, "a", 1, 5.0), record(made, "b", 2, 1.0)]
    assert following(records, BUDGET, 4.0, seeded(1)).workload.name == "b"
    assert following(records, BUDGET, 0.5, seeded(1)) is None
    assert following(records, BUDGET, 0.0, seeded(1)) is None
    assert left_s(records, BUDGET, 4.0) <= 4.0


def test_none_is_next_where_all_have_their_rounds(made):
    assert following([record(made, "a", 10, 0.1)], BUDGET, 50.0, seeded(1)) is None
    assert following([], BUDGET, 50.0, seeded(1)) is None


def test_the_lengths_end_in_the_time_that_is_promised():
    assert BUDGETS[Length.QUICK].hard_s < 55
    assert BUDGETS[Length.DEFAULT].hard_s < 290
