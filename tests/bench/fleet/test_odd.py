"""Which workers of a fleet are told, from suites made up to be alike but for one thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_tune.bench.fleet.odd import odd, speeds
from airflow_tune.suite.fleet import SlotResult
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Curve, Suite, VariantResult, WorkloadResult
from airflow_tune.suite.remark import Strain

MACHINE = Machine("h", "Linux", "x86_64", "a CPU", 4, "a test", 2**30, 4, 2**30, "3.12")


def suite(factor=1.0, strain=Strain()):  # noqa: B008 - a frozen value
    workloads = tuple(
        WorkloadResult(
            name, "?", "call", Curve.ALTERNATIVES, (VariantResult("one", {}, (seconds * factor, None)),)
        )
        for name, seconds in (("cpu", 0.1), ("disk", 0.02))
    )
    return Suite("0", "2026-01-01T00:00:00Z", 1.0, True, {}, MACHINE, strain, workloads)  # noqa: FBT003


def fleet(*factors):
    return [SlotResult("q", n, f"host{n}", "success", suite(factor)) for n, factor in enumerate(factors)]


def test_a_slow_host_is_named_with_its_ratio():
    found = odd(fleet(1.0, 1.02, 0.99, 1.01, 1.5))
    assert [(one.host, one.kind) for one in found] == [("host4", "slow")]
    assert found[0].ratio == pytest.approx(1.5 / 1.01)


@pytest.mark.parametrize("factors", [(1.0, 1.02, 0.98, 1.05), (1.0, 1.4, 0.7, 1.2, 0.9), (1.0, 2.0), (1.0,)])
def test_hosts_within_the_fleets_own_spread_are_not(factors):
    assert odd(fleet(*factors)) == ()


def test_slots_of_one_worker_count_as_one():
    slots = [SlotResult("q", n, "one", "success", suite(1.0 + n / 10)) for n in range(3)]
    slots.append(SlotResult("q", 3, "two", "success", suite(2.2)))
    ratios = speeds(slots)
    assert ratios["one", "q"] == pytest.approx(1.1 / 1.65)
    assert ratios["two", "q"] == pytest.approx(2.2 / 1.65)


def test_a_throttled_pod_and_a_noisy_neighbour_are_told_once():
    throttled = suite(strain=Strain(periods=100, throttled_periods=40, throttled_s=2.0))
    stolen = suite(strain=Strain(steal_share=0.3))
    slots = [
        SlotResult("q", 0, "a", "success", throttled),
        SlotResult("q", 1, "a", "success", throttled),
        SlotResult("q", 2, "b", "success", stolen),
        SlotResult("q", 3, "c", "success", suite(strain=Strain(steal_share=0.01))),
    ]
    assert [(one.host, one.kind) for one in odd(slots)] == [("a", "throttled"), ("b", "disturbed")]


def test_a_slot_without_a_result_is_told_with_its_trouble():
    found = odd([replace(one, suite=None, trouble="its task ended as failed") for one in fleet(1.0)])
    assert [(one.host, one.kind, one.message) for one in found] == [
        ("host0", "failed", "slot 0: its task ended as failed")
    ]
