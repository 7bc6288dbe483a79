"""A workload's variants as one curve: seconds of a unit along an axis, by round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.estimates import Floats
from airflow_tune.suite.model import WorkloadResult


@dataclass(frozen=True, slots=True)
class Points:
    """`at` are the places on the axis in rising order; `seconds` those of one unit, a row for each round."""

    at: Floats
    seconds: Floats

    @property
    def medians(self) -> Floats:
        """Return the median seconds of a unit at each place."""
        found: Floats = np.median(self.seconds, axis=0)
        return found

    def gains(self) -> Floats:
        """Return how many times as fast each place is as the first one, a row for each round."""
        found: Floats = self.seconds[:, :1] / self.seconds
        return found

    def gain(self) -> Floats:
        """Return how many times as fast each place is as the first one, in the median of the rounds."""
        found: Floats = np.median(self.gains(), axis=0)
        return found

    def seconds_at(self, place: float) -> float:
        """Return the seconds of a unit at `place`: between two places straight on logarithmic axes.

        Beyond what was measured it is that of the last place.
        """
        return float(np.exp(np.interp(np.log(place), np.log(self.at), np.log(self.medians))))


def points(result: WorkloadResult) -> Points | None:
    """Return the curve of `result`, of the rounds that no variant lost.

    Variants without a number above 0 on the axis are no part of it, nor are those that no round measured.
    None where fewer than two places or no whole round are left.
    """
    found = []
    for one in result.variants:
        place = one.parameters.get(result.axis)
        if isinstance(place, int | float) and not isinstance(place, bool) and place > 0 and one.kept_s:
            found.append((float(place), [None if v is None else v / one.scale for v in one.values_s]))
    found.sort(key=lambda pair: pair[0])
    seconds = np.array([values for _, values in found], dtype=float).T
    whole = seconds[(np.isfinite(seconds) & (seconds > 0)).all(axis=1)] if len(found) > 1 else seconds[:0]
    return Points(np.array([place for place, _ in found]), whole) if len(whole) else None
