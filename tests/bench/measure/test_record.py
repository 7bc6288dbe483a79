import pytest

from airflow_tune.bench.measure.record import Record
from airflow_tune.bench.workload import Wishes
from airflow_tune.suite.remark import Strain


def record(made, values_s, name="nothing"):
    found = Record.of(made(name), Wishes(), most_rounds=100)
    for value in values_s:
        answer = {"error": "lost"} if value is None else {"value_s": value}
        found.add_round({name: answer}, Strain(wall_s=1.0))
    return found


@pytest.mark.parametrize(
    ("values_s", "wanted"),
    [
        ([1.0] * 5, 5),  # known as well as it ever will be
        ([1.0, 1.2, 0.8, 1.1, 0.9] * 2, 60),  # as many as there may be
        ([1.0, 1.04, 0.96, 1.02, 0.98] * 2, 14),
        ([None] * 5, 5),  # nothing is known, and more would not help
        ([1.0, 1.2, 0.8, 1.1], 100),  # too few to judge by
    ],
)
def test_no_more_rounds_are_wanted_than_the_medians_need(made, values_s, wanted):
    found = record(made, values_s)
    found.settle(least=5, most=60)
    assert found.most_rounds == wanted


def test_a_round_that_a_variant_did_not_come_to_is_lost_for_it(made):
    found = Record.of(made("nothing", "sleep"), Wishes(), most_rounds=9)
    assert (found.round_s, found.valued, found.hopeless) == (0.0, False, False)
    found.add_round({"nothing": {"value_s": 1.0}}, Strain(wall_s=2.0))
    assert found.answers["sleep"] == [{"error": "the run ended before its turn"}]
    assert (found.rounds, found.round_s, found.valued, found.hopeless) == (1, 2.0, True, False)


def test_more_rounds_are_hopeless_where_the_first_gave_no_value(made):
    assert record(made, [None]).hopeless
