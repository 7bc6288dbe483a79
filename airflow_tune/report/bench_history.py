"""The reports of `bench history`: each variant over time as a line of bars, with its steps and trends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_tune.report.jsonable import Json
from airflow_tune.report.page import Page
from airflow_tune.report.values import values_json
from airflow_tune.units import format_duration, plural

if TYPE_CHECKING:
    from airflow_tune.bench.verdict.course import Course
    from airflow_tune.bench.verdict.history import History, HostHistory

SCHEMA = "airflow-tune/bench-history/1"
_BARS = "▁▂▃▄▅▆▇█"
_LOST = "·"
_MOST_BARS = 24
_LATEST = 0.05
_STEADY = 0.1


def history_text(found: History, *, width: int, colour: bool) -> str:
    """Return the history for people; bars are times, the higher the slower, from the least to the most."""
    page = Page(width=width, colour=colour)
    for host in found.hosts:
        _host(page, host)
    if found.skipped:
        page.heading(f"Not results: {plural(len(found.skipped), 'file')}")
        for file, why in found.skipped:
            page.line(f"{file}: {why}", indent=2, hang=2)
    return page.text()


def _host(page: Page, host: HostHistory) -> None:
    first, last = host.results[0].suite.started_at, host.results[-1].suite.started_at
    page.heading(host.host)
    page.line(f"{plural(len(host.results), 'result')}, {first[:10]} to {last[:10]}", indent=2)
    rows = [
        (
            sparkline(one.values_s),
            _seconds(one.values_s[-1]),
            told(one, host),
            f"{one.workload}: {one.variant}",
        )
        for one in sorted(host.courses, key=lambda one: not _moved(one))
    ]
    if rows:
        page.table(rows, header=("time", "latest", "course", "what"))


def sparkline(values: tuple[float | None, ...]) -> str:
    """Return the last values as bars, "·" for a missing one; within 10 % of each other all are low."""
    shown = values[-_MOST_BARS:]
    known = [value for value in shown if value is not None]
    if not known:
        return _LOST * len(shown)
    low, span = min(known), max(max(known) - min(known), min(known) * _STEADY)
    return "".join(
        _LOST if value is None else _BARS[min(int((value - low) / span * len(_BARS)), len(_BARS) - 1)]
        for value in shown
    )


def told(one: Course, host: HostHistory) -> str:
    """Return the last step, the trend, or where the latest stands, in a few words."""
    if one.steps:
        step = one.steps[-1]
        return f"{_signed(step.ratio)} since {host.results[step.at].suite.started_at[:10]}"
    if one.trend_share is not None:
        return f"{_signed(1 + one.trend_share)} from each to the next"
    if one.latest_ratio is not None and abs(one.latest_ratio - 1) >= _LATEST:
        return f"latest {_signed(one.latest_ratio)}"
    return "steady" if one.latest_ratio is not None else ""


def _moved(one: Course) -> bool:
    return bool(one.steps) or one.trend_share is not None


def _seconds(value: float | None) -> str:
    return "-" if value is None else format_duration(value)


def _signed(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.0f}%"


def history_json(found: History) -> Json:
    """Return the history for machines."""
    return {
        "schema": SCHEMA,
        "folder": found.folder,
        "hosts": [
            {
                "host": host.host,
                "results": [
                    {
                        "file": one.file,
                        "started_at": one.suite.started_at,
                        "grade": one.suite.summary.get("grade"),
                    }
                    for one in host.results
                ],
                "courses": [values_json(one) for one in host.courses],
            }
            for host in found.hosts
        ],
        "skipped": [{"file": file, "reason": why} for file, why in found.skipped],
    }
