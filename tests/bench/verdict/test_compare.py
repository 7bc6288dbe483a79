"""What changed between two results, and what only seems so."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from airflow_tune.bench.verdict.change import Quantity, Verdict
from airflow_tune.bench.verdict.compare import compare
from airflow_tune.suite.model import Curve
from airflow_tune.suite.remark import Remark

LATER = "2026-01-03T03:04:05Z"


def noisy(factor, seed, rounds=12, noise=0.01):
    return tuple((factor * np.exp(np.random.default_rng(seed).normal(0, noise, rounds))).tolist())


def with_reference(suite, seconds):
    """Return `suite` as if its machine had taken `seconds` for the reference in each round."""
    workloads = tuple(
        dataclasses.replace(
            one,
            variants=tuple(
                dataclasses.replace(each, references_s=(seconds,) * len(each.values_s))
                for each in one.variants
            ),
        )
        for one in suite.workloads
    )
    return dataclasses.replace(suite, workloads=workloads)


def verdicts(found, quantity=Quantity.TIME):
    return {
        one.difference.variant: one.verdict for one in found.changes if one.difference.quantity is quantity
    }


@pytest.fixture
def two(make_workload, make_suite):
    """Return a function from how many times as long each variant takes to an old and a new result."""

    def made(*ratios, noise=0.01, later=LATER, **more):
        old = {f"way-{at}": noisy(1.0, at, noise=noise) for at in range(len(ratios))}
        new = {f"way-{at}": noisy(one, 100 + at, noise=noise) for at, one in enumerate(ratios)}
        return (
            make_suite(make_workload(old, **more)),
            make_suite(make_workload(new, **more), started_at=later),
        )

    return made


def test_what_became_slower_or_faster_is_found_among_what_did_not(two):
    found = compare(*two(1.1, 0.8, 1.0, 1.02))
    assert verdicts(found) == {
        "way-0": Verdict.SLOWER,
        "way-1": Verdict.FASTER,
        "way-2": Verdict.SAME,
        "way-3": Verdict.SAME,
    }
    slower = found.changes[0].difference
    assert slower.effect.ratio == pytest.approx(1.1, abs=0.02)
    assert slower.rounds == (12, 12)
    assert not found.paired
    assert not found.warnings


def test_only_a_regression_of_that_size_is_one(two):
    found = compare(*two(1.1, 1.3, 0.5))
    assert [one.difference.variant for one in found.regressions(0.2)] == ["way-1"]
    assert [one.difference.variant for one in found.regressions(0.05)] == ["way-0", "way-1"]


def test_a_smaller_change_can_be_asked_for(two):
    old, new = two(1.03, noise=0.002)
    assert verdicts(compare(old, new)) == {"way-0": Verdict.SAME}
    assert verdicts(compare(old, new, 0.02)) == {"way-0": Verdict.SLOWER}


def test_what_noise_hides_is_unsure_not_the_same(two):
    assert verdicts(compare(*two(1.05, noise=0.3))) == {"way-0": Verdict.UNSURE}


def test_rounds_of_one_run_pair(two):
    drift = np.exp(np.cumsum(np.random.default_rng(7).normal(0, 0.3, 12)))
    old, new = two(1.1, later="2026-01-02T03:04:05Z")
    pairs = []
    for suite in (old, new):
        variant = suite.workloads[0].variants[0]
        values = tuple((np.array(variant.values_s) * drift).tolist())
        work = dataclasses.replace(
            suite.workloads[0], variants=(dataclasses.replace(variant, values_s=values),)
        )
        pairs.append(dataclasses.replace(suite, workloads=(work,)))
    found = compare(*pairs)
    assert found.paired
    assert verdicts(found) == {"way-0": Verdict.SLOWER}
    apart = compare(pairs[0], dataclasses.replace(pairs[1], started_at=LATER))
    assert verdicts(apart) == {"way-0": Verdict.UNSURE}


def test_rounds_that_either_lost_do_not_pair(make_workload, make_suite):
    old = make_suite(make_workload({"a": (1.0, None, 1.0, 1.0)}))
    new = make_suite(make_workload({"a": (None, 2.0, 2.0, 2.0)}))
    assert compare(old, new).changes[0].difference.rounds == (2, 2)


def test_a_machine_that_was_slower_as_a_whole_is_no_change(two):
    old, new = two(1.2)
    assert verdicts(compare(with_reference(old, 1e-4), with_reference(new, 1e-4))) == {
        "way-0": Verdict.SLOWER
    }
    found = compare(with_reference(old, 1e-4), with_reference(new, 1.2e-4))
    assert found.shift == pytest.approx(1.2)
    assert verdicts(found) == {"way-0": Verdict.UNSURE}
    assert not found.regressions(0.05)


def test_what_waits_is_not_faster_because_the_machine_was_slower(two):
    old, new = two(1.0)
    found = compare(with_reference(old, 1e-4), with_reference(new, 1.5e-4))
    assert verdicts(found) == {"way-0": Verdict.SAME}


def test_peak_memory_is_compared_too(two):
    old, _ = two(1.0, peak=50 * 2**20)
    _, new = two(1.0, peak=80 * 2**20)
    found = compare(old, new)
    assert verdicts(found, Quantity.MEMORY) == {"way-0": Verdict.MORE}
    assert verdicts(compare(new, old), Quantity.MEMORY) == {"way-0": Verdict.LESS}
    assert found.regressions(0.5)[0].difference.unit == "byte"


def test_same_code_is_called_changed_in_5_of_100_at_most(make_workload, make_suite):
    """Each result has 20 variants, of which any may seem to have changed."""
    random = np.random.default_rng(11)

    def drawn(started_at):
        values = {f"way-{at}": np.exp(random.normal(0, 0.08, 10)).tolist() for at in range(20)}
        return make_suite(make_workload(values), started_at=started_at)

    wrong = 0
    for _ in range(100):
        found = compare(drawn("2026-01-02T03:04:05Z"), drawn(LATER))
        wrong += any(one.verdict in {Verdict.SLOWER, Verdict.FASTER} for one in found.changes)
    assert wrong <= 5


def test_what_only_one_has_is_named(make_workload, make_suite):
    old = make_suite(make_workload({"a": (1.0,), "b": (1.0,)}))
    new = make_suite(make_workload({"b": (1.0,), "c": (1.0,)}), make_workload({"d": (1.0,)}, name="others"))
    found = compare(old, new)
    assert found.only_old == ("rows: a",)
    assert found.only_new == ("rows: c", "others: d")
    assert {one.difference.variant for one in found.changes} == {"b"}


def test_the_same_name_with_other_parameters_is_another_thing(make_workload, make_suite):
    old = make_suite(make_workload({1: (1.0,)}, Curve.BATCH))
    work = old.workloads[0]
    other = dataclasses.replace(work.variants[0], parameters={"size": 2})
    new = make_suite(dataclasses.replace(work, variants=(other,)), started_at=LATER)
    assert compare(old, new).changes == ()


def test_doubts_are_warned_of(two):
    old, new = two(1.0)
    host = dataclasses.replace(new.machine, hostname="worker-2")
    new = dataclasses.replace(
        new,
        machine=host,
        tool_version="0.2.0",
        complete=False,
        remarks=(Remark("steal", void=True, message="the hypervisor took 30%"),),
    )
    warned = compare(old, new).warnings
    assert [text.partition(" (")[0] for text in warned] == [
        "not the same host or Python",
        "measured by airflow-tune 0.1.0 and 0.2.0: workloads may differ",
        "the new result was interrupted: it has fewer rounds",
        "the new result was disturbed, and what was is not called changed: the hypervisor took 30%",
    ]
    assert "hostname: worker-1, worker-2" in warned[0]


def test_a_result_does_not_differ_from_itself(two):
    old, _ = two(1.0, 1.0)
    found = compare(old, old)
    assert {one.verdict for one in found.changes} == {Verdict.SAME}


def test_values_not_worth_having_show_no_change_unless_they_pair(two):
    stolen = Remark("steal", void=True, message="stolen")
    old, new = two(1.5)
    whole = dataclasses.replace(new, remarks=(stolen,))
    assert verdicts(compare(old, whole)) == {"way-0": Verdict.UNSURE}
    work = dataclasses.replace(new.workloads[0], remarks=(stolen,))
    assert verdicts(compare(old, dataclasses.replace(new, workloads=(work,)))) == {"way-0": Verdict.UNSURE}
    assert verdicts(compare(old, dataclasses.replace(whole, started_at=old.started_at))) == {
        "way-0": Verdict.SLOWER
    }


def test_what_had_a_cpu_all_the_time_was_not_disturbed_by_others(two):
    old, new = two(1.5)
    others = Remark("others", void=True, message="others used 1.8 of the 2 cores")

    def with_share(share):
        variant = dataclasses.replace(new.workloads[0].variants[0], cpu_shares=(share, None, share))
        work = dataclasses.replace(new.workloads[0], variants=(variant,))
        return dataclasses.replace(new, workloads=(work,), remarks=(others,))

    assert verdicts(compare(old, with_share(0.99))) == {"way-0": Verdict.SLOWER}
    assert verdicts(compare(old, with_share(0.3))) == {"way-0": Verdict.UNSURE}
    assert verdicts(compare(old, dataclasses.replace(new, remarks=(others,)))) == {"way-0": Verdict.UNSURE}
