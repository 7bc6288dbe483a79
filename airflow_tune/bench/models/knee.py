"""The knee of a batch curve: up to where larger batches pay, and from where on they gain nothing.

The method is Kneedle (V. Satopää, J. Albrecht, D. Irwin and B. Raghavan, Finding a "Kneedle" in a Haystack,
2011): of the curve from its first place to its best one, drawn into a square, the place that is highest above
the diagonal. Batch sizes grow by factors, so their axis is logarithmic; there are few of them, so nothing is
smoothed, and the rounds say how sure the place is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.bench.models.curve import Points
from airflow_tune.bench.statistics.bootstrap import SEED
from airflow_tune.estimates import CONFIDENCE, Floats

WORTH = 1.1
"""A curve whose best place is not this many times as fast as its first one has no knee."""
ENOUGH = 0.95
RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Knee:
    """What a batch curve says; sizes are places that were measured.

    `size` is the knee, None where larger batches gain less than 10 %; between `low` and `high` it lies with
    95 % confidence. `gain` is how many times as fast as the smallest size it is. `enough` is the smallest
    size that is within 5 % of the `fastest`: beyond it nothing is gained. `most_gain` is that of the fastest.
    """

    size: int | None
    low: int | None
    high: int | None
    gain: float
    enough: int
    fastest: int
    most_gain: float


def find_knee(found: Points) -> Knee:
    """Return the knee of `found`, whose axis is the size of a batch."""
    logs = np.log(found.gains())
    gain = np.exp(np.median(logs, axis=0))
    at = _place(found.at, gain)
    low, high = _range(found.at, logs)
    sizes = found.at.astype(int).tolist()
    fastest = int(np.argmax(gain))
    flat = gain[fastest] < WORTH
    return Knee(
        size=None if flat else sizes[at],
        low=None if flat else sizes[low],
        high=None if flat else sizes[high],
        gain=float(gain[at]),
        enough=sizes[int(np.argmax(gain >= ENOUGH * gain[fastest]))],
        fastest=sizes[fastest],
        most_gain=float(gain[fastest]),
    )


def _place(sizes: Floats, gain: Floats) -> int:
    """Return the place of the knee: the one farthest above the line from the first place to the best."""
    best = int(np.argmax(gain))
    if best == 0:
        return 0
    x = np.log(sizes[: best + 1])
    across = (x - x[0]) / (x[-1] - x[0])
    up = (gain[: best + 1] - gain[0]) / (gain[best] - gain[0])
    above = up - across
    # A curve that nowhere bends this way has not come to its knee yet.
    return int(np.argmax(above)) if above.max() > 0 else best


def _range(sizes: Floats, logs: Floats) -> tuple[int, int]:
    """Return the first and the last place that the knee takes when the rounds are drawn again."""
    drawn = np.random.default_rng(SEED).integers(len(logs), size=(RESAMPLES, len(logs)))
    places = [_place(sizes, np.exp(np.median(logs[rounds], axis=0))) for rounds in drawn]
    ends = np.quantile(places, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], method="nearest")
    return int(ends[0]), int(ends[1])
