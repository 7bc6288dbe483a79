"""How far values lie apart, told by medians, which a few wild values do not move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from airflow_tune.estimates import Floats, Ints

NORMAL_MAD = 1.4826
"""A normal distribution's standard deviation in median absolute deviations."""
OUTLYING = 3.5
"""The modified z-score that an outlier is beyond (B. Iglewicz and D. Hoaglin, How to Detect and Handle
Outliers, 1993)."""


def median_deviation(values: Sequence[float] | Floats) -> float:
    """Return the median absolute deviation from the median, in the unit of `values`, as it is: unscaled."""
    found = np.asarray(values, dtype=float)
    return float(np.median(np.abs(found - np.median(found))))


def outliers(values: Sequence[float] | Floats) -> Ints:
    """Return the places of values that lie beyond a modified z-score of 3.5.

    None where more than half of the values are the same: there is no measure of what is far then.
    """
    found = np.asarray(values, dtype=float)
    deviation = median_deviation(found) * NORMAL_MAD
    if deviation == 0:
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.abs(found - np.median(found)) > OUTLYING * deviation)
