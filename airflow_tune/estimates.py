"""Estimates that say how far they can be trusted: Student's t, and least squares over values in groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.signedinteger[Any]]

CONFIDENCE = 0.95


def student_t(degrees: int, confidence: float = CONFIDENCE) -> float:
    """Return how many standard errors the two-sided interval reaches, for `degrees` of freedom from 1 on.

    In closed form for one and two degrees; from three on by the expansion of Abramowitz and Stegun,
    Handbook of Mathematical Functions, 26.7.5, which is then within 1 % at 95 %.
    """
    if degrees == 1:
        return math.tan(math.pi * confidence / 2)
    if degrees == 2:  # noqa: PLR2004 - the other one with a closed form
        return confidence * math.sqrt(2 / (1 - confidence**2))
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    found: float = z + sum(term / degrees**power for power, term in enumerate(terms, start=1))
    return found


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients by least squares, with their covariance by two assumptions.

    `plain` takes all values as independent; `grouped` takes whole groups as independent, and the values
    of one group as they may be (K.-Y. Liang and S. L. Zeger, Biometrika 73, 1986).
    """

    coefficients: Floats
    plain: Floats
    grouped: Floats


def least_squares(matrix: Floats, target: Floats, group: Ints, groups: int) -> Fit:
    """Return the fit of `target` by the columns of `matrix`; `group` numbers the group of each row.

    Values that were measured together share what disturbs them; their errors are not independent, those
    of groups are. `groups` has to be two at least.
    """
    found = np.linalg.lstsq(matrix, target, rcond=None)[0].astype(float)
    rest = target - matrix @ found
    bread = np.linalg.pinv(matrix.T @ matrix)
    plain: Floats = bread * (float(rest @ rest) / max(len(target) - matrix.shape[1], 1))
    score = np.column_stack([np.bincount(group, column * rest, groups) for column in matrix.T])
    grouped: Floats = bread @ (score.T @ score) @ bread * (groups / (groups - 1))
    return Fit(found, plain, grouped)
