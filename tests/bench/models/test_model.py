"""From a workload's values to its curve, its model, and what rules of thumb make of it."""

from __future__ import annotations

import dataclasses

import pytest

from airflow_tune.bench.models.curve import points
from airflow_tune.bench.models.model import model, model_json, pairs
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Curve

HOST = Machine("h", "Linux", "x86_64", "cpu", 2.0, "affinity", 2**33, 2, 2**33, "CPython 3.12.1")
STEADY = (1.0, 1.01, 0.99, 1.0, 1.02)


def times(factor, values=STEADY):
    return tuple(factor * value for value in values)


def rules(found):
    return {one.rule: one for one in found.contrasts}


def test_a_curve_is_in_order_of_its_axis_and_of_whole_rounds(make_workload):
    result = make_workload({10: (1.0, 2.0, None, 4.0), 1: (8.0, None, 8.0, 9.0)}, Curve.BATCH, scale=2.0)
    found = points(result)
    assert found.at.tolist() == [1, 10]
    assert found.seconds.tolist() == [[4.0, 0.5], [4.5, 2.0]]
    assert found.gains().tolist() == [[1, 8], [1, 2.25]]


@pytest.mark.parametrize(
    "values", [{}, {1: (1.0,)}, {1: (1.0, None), 2: (None, 1.0)}, {"a": (1.0,), "b": (1.0,)}]
)
def test_too_little_is_no_curve(make_workload, values):
    assert points(make_workload(values, Curve.BATCH)) is None


def test_between_two_places_it_is_straight_on_logarithmic_axes(make_workload):
    found = points(make_workload({1: (1.0,), 100: (0.01,)}, Curve.BATCH))
    assert found.seconds_at(10) == pytest.approx(0.1)
    assert found.seconds_at(1000) == pytest.approx(0.01)
    assert found.seconds_at(0.1) == pytest.approx(1.0)


def test_alternatives_are_measured_against_the_reference(make_workload):
    found = model(make_workload({"list": STEADY, "generator": times(0.5)}), HOST)
    assert found.effects.keys() == {"generator"}
    assert found.effects["generator"].ratio == pytest.approx(0.5)
    assert found.summaries["list"].median_s.estimate == 1.0
    assert (found.scaling, found.knee, found.contrasts) == (None, None, ())


def test_rounds_that_either_lost_are_no_pairs(make_workload):
    result = make_workload({"a": (1.0, None, 3.0), "b": (2.0, 2.0, None, 9.0)}, scale=2.0)
    assert pairs(*result.variants) == ([0.5], [1.0])


def test_a_batch_too_large_by_rule_costs_what_it_costs_here(make_workload):
    result = make_workload({1: times(1), 100: times(0.02), 10_000: times(0.03)}, Curve.BATCH)
    found = model(result, HOST)
    rule = rules(found)["optimal_batch_size"]
    assert found.knee.size == 100
    assert (rule.said, rule.measured) == ("300", "100")
    assert rule.loss_share == pytest.approx((0.03 / 0.02) ** (0.4771 / 2) - 1, rel=0.01)
    beyond = model(make_workload({1: times(1e-3), 100: times(2e-5)}, Curve.BATCH), HOST)
    assert rules(beyond)["optimal_batch_size"].loss_share is None
    quick = model(make_workload({1: times(1e-3), 100: times(2e-5), 10_000: times(3e-5)}, Curve.BATCH), HOST)
    assert rules(quick)["optimal_batch_size"].said == "10,000"
    assert rules(quick)["optimal_batch_size"].loss_share == pytest.approx(0.5)


def test_the_bytes_of_a_buffer_are_no_batch(make_workload):
    values = {1: times(1), 100: times(0.02)}
    result = make_workload(values, Curve.BATCH)
    variants = tuple(
        dataclasses.replace(one, parameters={"buffer_bytes": int(one.name)}) for one in result.variants
    )
    found = model(dataclasses.replace(result, axis="buffer_bytes", variants=variants), HOST)
    assert found.knee.size == 100
    assert found.contrasts == ()


def test_two_cores_that_double_the_work_are_denied_by_rule(make_workload):
    values = {1: times(1), 2: times(0.52), 3: times(0.53), 4: times(0.54)}
    found = model(make_workload(values, Curve.SCALING, "cpu-python", scale=5000), HOST)
    split, parallelism, pool = found.contrasts
    assert (split.rule, split.said, split.measured) == ("should_parallelize", "no", "yes")
    assert split.loss_share == pytest.approx(1 / 0.52 - 1)
    assert (parallelism.rule, parallelism.said, parallelism.measured) == ("calculate_parallelism", "4", "2")
    assert parallelism.loss_share == pytest.approx(0.54 / 0.52 - 1)
    assert (pool.rule, pool.said) == ("optimal_pool_size", "4")
    assert found.scaling.enough == 2


def test_what_gains_nothing_by_splitting_is_not_to_be_split(make_workload):
    host = dataclasses.replace(HOST, cores=8.0)
    values = {1: times(1), 2: times(1.5), 4: times(2)}
    found = rules(model(make_workload(values, Curve.SCALING, "io-threads", scale=5000), host))
    assert (found["should_parallelize"].said, found["should_parallelize"].measured) == ("yes", "no")
    assert found["should_parallelize"].loss_share == pytest.approx(0.5)
    assert found["optimal_pool_size"].said == "32"
    assert found["optimal_pool_size"].loss_share is None


def test_without_peaks_no_parallelism_is_worked_out(make_workload):
    values = {1: STEADY, 2: times(0.5), 4: times(0.3)}
    found = rules(model(make_workload(values, Curve.SCALING, peak=None), HOST))
    assert found.keys() == {"should_parallelize", "optimal_pool_size"}


@pytest.mark.parametrize("curve", list(Curve))
def test_a_model_is_json(make_workload, as_json, curve):
    values = {1: STEADY, 2: times(0.5), 4: times(0.25)}
    found = model_json(model(make_workload(values, curve), HOST))
    assert as_json(found)["variants"]["1"]["median_s"]["estimate"] == 1.0
    assert (found["scaling"] is not None) is (curve is Curve.SCALING)
    assert (found["knee"] is not None) is (curve is Curve.BATCH)


def test_what_was_never_measured_has_an_empty_model(make_workload):
    assert not any(model_json(model(make_workload({}, skipped="no --db-url was given"), HOST)).values())
