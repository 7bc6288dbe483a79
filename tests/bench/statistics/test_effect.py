"""Effects against scipy, and the agreement of estimate, interval and test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from airflow_tune.bench.statistics.effect import paired_effect, unpaired_effect

SIZES = [5, 8, 12, 20, 60, 80]
POSITIVE = st.floats(1e-6, 1e6)


def drawn(seed, size, ratio=1.0):
    random = np.random.default_rng(seed)
    return np.exp(random.normal(0, 0.05, size)), ratio * np.exp(random.normal(0, 0.05, size))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ratio", [1.0, 1.03])
def test_paired_probability_is_scipys(size, ratio):
    old, new = drawn(size, size, ratio)
    method = "exact" if size <= 60 else "auto"
    expected = stats.wilcoxon(np.log(new / old), method=method, correction=True).pvalue
    assert paired_effect(old, new).p == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ratio", [1.0, 1.03])
def test_unpaired_probability_is_scipys(size, ratio):
    old, new = drawn(size, size, ratio)
    method = "exact" if size <= 30 else "asymptotic"
    expected = stats.mannwhitneyu(new[: size - 1], old, method=method).pvalue
    assert unpaired_effect(old, new[: size - 1]).p == pytest.approx(expected, rel=1e-6)


def test_tied_values_are_permuted_as_scipy_permutes_them():
    old, new = [1.0, 2, 2, 3, 3, 4], [2.0, 3, 3, 4, 5, 5]
    expected = stats.permutation_test(
        (np.array(new), np.array(old)),
        lambda x, y, axis: stats.mannwhitneyu(x, y, axis=axis, method="asymptotic").statistic,
        vectorized=True,
        n_resamples=np.inf,
    ).pvalue
    assert unpaired_effect(old, new).p == pytest.approx(expected)


def test_tied_differences_share_their_rank():
    old, new = np.ones(6), np.array([2.0, 2, 2, 2, 2, 0.5])
    # One of six equal differences is negative: the tosses with at most one head, or at most one tail.
    assert paired_effect(old, new).p == pytest.approx(2 * (1 + 6) / 2**6)


def test_what_disturbs_a_round_drops_out_of_pairs():
    random = np.random.default_rng(3)
    drift = np.exp(np.cumsum(random.normal(0, 0.2, 12)))
    old = drift * np.exp(random.normal(0, 0.005, 12))
    new = drift * 1.1 * np.exp(random.normal(0, 0.005, 12))
    paired, apart = paired_effect(old, new), unpaired_effect(old, new)
    assert paired.low > 1.08
    assert paired.high < 1.12
    assert paired.p < 0.001
    assert apart.p > 0.05


@pytest.mark.parametrize("effect", [paired_effect, unpaired_effect])
def test_ten_per_cent_with_one_wild_value(effect):
    old = [1.00, 1.01, 0.99, 1.02, 0.98, 1.00, 1.01, 0.99]
    new = [1.10, 1.12, 1.09, 1.11, 1.08, 1.10, 1.11, 9.0]
    found = effect(old, new)
    assert found.ratio == pytest.approx(1.10, abs=0.02)
    assert found.low > 1.05
    assert found.confidence >= 0.95
    assert found.p < 0.05


@pytest.mark.parametrize("effect", [paired_effect, unpaired_effect])
@pytest.mark.parametrize("size", [6, 15, 70])
def test_the_interval_holds_the_truth_as_often_as_it_says(effect, size):
    held = 0
    for seed in range(120):
        found = effect(*drawn(seed, size, 1.2))
        held += found.low <= 1.2 <= found.high
    # 95 % of 120 is 114; fewer than 107 would come of a true 95 % in one of 500 tests.
    assert held >= 107


@pytest.mark.parametrize("effect", [paired_effect, unpaired_effect])
def test_too_few_values_say_how_little_they_say(effect):
    found = effect([1.0, 1.1, 1.2], [2.0, 2.1, 2.3])
    assert found.confidence < 0.95
    assert found.p >= 0.1
    single = effect([1.0], [2.0])
    assert (single.ratio, single.low, single.high, single.p) == (2.0, 2.0, 2.0, 1.0)
    assert single.confidence == 0


@pytest.mark.parametrize("effect", [paired_effect, unpaired_effect])
@given(data=st.data())
def test_an_effect_turned_round_is_its_inverse(effect, data):
    size = data.draw(st.integers(1, 9))
    old = data.draw(st.lists(POSITIVE, min_size=size, max_size=size))
    new = data.draw(st.lists(POSITIVE, min_size=size, max_size=size))
    there, back = effect(old, new), effect(new, old)
    assert there.low <= there.ratio * 1.000001
    assert there.ratio <= there.high * 1.000001
    assert there.ratio == pytest.approx(1 / back.ratio)
    assert there.low == pytest.approx(1 / back.high)
    assert there.p == pytest.approx(back.p)
    assert 0 < there.p <= 1


@pytest.mark.parametrize("effect", [paired_effect, unpaired_effect])
def test_nothing_differs_from_itself(effect):
    found = effect([1.0] * 8, [1.0] * 8)
    assert (found.ratio, found.low, found.high, found.p) == (1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("effect", [paired_effect, unpaired_effect])
@pytest.mark.parametrize(("old", "new"), [([], []), ([1.0], [0.0]), ([-1.0], [1.0]), ([1.0], [float("nan")])])
def test_what_has_no_ratio_is_refused(effect, old, new):
    with pytest.raises(ValueError, match="above 0"):
        effect(old, new)


def test_pairs_have_two_sides():
    with pytest.raises(ValueError, match="2 and 1 values are no pairs"):
        paired_effect([1.0, 2.0], [1.0])
