"""What the values of one variant say on their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from airflow_tune.bench.statistics.bootstrap import Interval, median_interval
from airflow_tune.bench.statistics.runs import required_runs
from airflow_tune.bench.statistics.spread import median_deviation, outliers


@dataclass(frozen=True, slots=True)
class Summary:
    """The median of `rounds` values with its interval and spread, in seconds.

    `outliers` are the places of values far from all others; `required_rounds` how many rounds bring the
    interval within ± 2 % of the median, None where the median is 0.
    """

    rounds: int
    median_s: Interval
    deviation_s: float
    outliers: tuple[int, ...]
    required_rounds: int | None


def summarise(values: Sequence[float]) -> Summary:
    """Return what `values` say; raises ValueError for none."""
    found = median_interval(values)
    return Summary(
        rounds=len(values),
        median_s=found,
        deviation_s=median_deviation(values),
        outliers=tuple(outliers(values).tolist()),
        required_rounds=required_runs(values) if found.estimate else None,
    )
