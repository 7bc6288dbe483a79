"""Student's t against scipy, and errors that hold where groups of values share what disturbs them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from airflow_tune.estimates import least_squares, student_t


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 9, 19, 1000])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_student_t_is_scipys(degrees, confidence):
    expected = stats.t.ppf(0.5 + confidence / 2, degrees)
    assert student_t(degrees, confidence) == pytest.approx(expected, rel=0.01)


def test_a_line_is_found_with_errors_of_nothing_where_there_is_no_noise():
    x = np.arange(8.0)
    fit = least_squares(np.column_stack([np.ones(8), x]), 3 + 2 * x, np.arange(8) // 2, 4)
    assert fit.coefficients == pytest.approx([3, 2])
    assert np.abs(fit.grouped).max() < 1e-20
    assert np.abs(fit.plain).max() < 1e-20


def test_in_a_balanced_design_the_grouped_error_is_that_of_the_groups_own_fits():
    """Each group is disturbed as a whole: its own slope is one value, and the error is that of their mean."""
    random = np.random.default_rng(1)
    x, slopes = np.tile(np.arange(1.0, 6.0), 12), random.normal(2, 0.5, 12)
    group = np.repeat(np.arange(12), 5)
    fit = least_squares(x[:, None], slopes[group] * x, group, 12)
    assert fit.coefficients[0] == pytest.approx(slopes.mean())
    assert fit.grouped[0, 0] == pytest.approx(slopes.var(ddof=1) / 12)
    assert fit.plain[0, 0] < fit.grouped[0, 0] / 2
