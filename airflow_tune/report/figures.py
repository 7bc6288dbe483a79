"""The figures of the past as text: of each kind the few that matter; JSON has all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from airflow_tune.report.page import Page
from airflow_tune.units import format_bytes, format_duration, format_share, plural

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.concurrency import Usage
    from airflow_tune.diagnose.past.contention import Contention
    from airflow_tune.diagnose.past.failure import Failures
    from airflow_tune.diagnose.past.kpi import Kpi, Kpis
    from airflow_tune.diagnose.past.path import CriticalPaths
    from airflow_tune.diagnose.past.pulse import Pulse
    from airflow_tune.diagnose.past.upkeep import MetadataDb
    from airflow_tune.diagnose.past.verdict import Verdict

MOST_ROWS = 6
MOST_PARTS = 30
"""How many DAGs, tasks and so on `--by` lists, the ones with the most tries first."""

_WHOLE = 10


def write_figures(page: Page, past: Verdict, by: str = "") -> None:
    """Write every section that has something to say; `by` is a field of Kpis to list in parts."""
    if past.task_instances:
        _of_tries(page, past, by)
    _metadata_db(page, past.metadata_db)


def _of_tries(page: Page, past: Verdict, by: str) -> None:
    _kpis(page, past.kpis, by)
    _concurrency(page, past.concurrency)
    _paths(page, past.critical_paths)
    _scheduler(page, past.scheduler)
    _failures(page, past.failures)
    _contention(page, past.contention)


def _time(seconds: float) -> str:
    return "-" if math.isnan(seconds) else format_duration(seconds)


def _share(share: float) -> str:
    return "-" if math.isnan(share) else format_share(share)


def _trend(share: float) -> str:
    return "-" if math.isnan(share) else f"{share * 100:+.0f}%"


def _kpi_row(kpi: Kpi) -> tuple[str, ...]:
    return (
        str(kpi.task_instances),
        f"{kpi.per_hour:,.0f}" if kpi.per_hour >= _WHOLE else f"{kpi.per_hour:.2g}",
        _share(kpi.success_share),
        f"{_time(kpi.execution.p50_s)} / {_time(kpi.execution.p95_s)}",
        f"{_time(kpi.queue.p50_s)} / {_time(kpi.queue.p95_s)}",
        _trend(kpi.trend_share),
        kpi.name,
    )


def _kpis(page: Page, kpis: Kpis, by: str) -> None:
    page.heading("How tries ran (p50 / p95)")
    parts: Sequence[Kpi] = getattr(kpis, by) if by else ()
    shown = [*kpis.installation, *parts[:MOST_PARTS]]
    header = ("tries", "per hour", "success", "run", "queued", "trend", by[:-1] or "part")
    page.table([_kpi_row(kpi) for kpi in shown], header=header)
    if len(parts) > MOST_PARTS:
        page.line(f"and {len(parts) - MOST_PARTS} more; --format json has all", indent=2)


def _concurrency(page: Page, usages: Sequence[Usage]) -> None:
    full = [one for one in usages if one.saturated_s > 0]
    if usages:
        page.heading("Limits in use" if full else "Limits in use: none was ever full")
    if full:
        rows = [
            (format_share(one.saturated_share), f"{one.peak} of {one.size}", one.limit)
            for one in full[:MOST_ROWS]
        ]
        page.table(rows, header=("time full", "peak", "limit"))
    never = [one for one in usages if one.never_binds]
    if never:
        roomy = max(never, key=lambda one: one.headroom_share)
        room = f"{roomy.limit}, {roomy.peak} of {roomy.size}"
        page.line(f"never full: {plural(len(never), 'limit')}, with most room {room}", indent=2, hang=2)


def _paths(page: Page, paths: CriticalPaths) -> None:
    bounds = [one for one in paths.bounds if one.runs][:MOST_ROWS]
    if not bounds:
        return
    page.heading("How long DAG runs took, and could take at least")
    rows = [
        (
            _time(one.makespan_s / one.runs),
            _time(one.infinite_slots_s / one.runs),
            _time(one.packed_s / one.runs) if one.packed_s else "-",
            str(one.runs),
            one.dag,
        )
        for one in bounds
    ]
    page.table(rows, header=("mean", "chain alone", "work / slots", "runs", "DAG"))
    page.heading("Tasks that decide when DAG runs end")
    deciding = [
        (_time(one.on_path_s), format_share(one.on_path_share), _time(one.wait_s), one.task)
        for one in paths.tasks[:MOST_ROWS]
        if one.runs
    ]
    page.table(deciding, header=("ran", "of runs", "waited", "task"))


def _scheduler(page: Page, pulse: Pulse) -> None:
    page.heading("Scheduler")
    rows = [
        ("queued something every", f"{_time(pulse.period_p50_s)} (p95 {_time(pulse.period_p95_s)})"),
        ("task instances at a time", f"{pulse.batch_p50:.0f} (most {pulse.batch_max})"),
        ("starts in the busiest minute", f"{pulse.starts_per_s_max:.3g} a second"),
    ]
    if not math.isnan(pulse.run_delay_p50_s):
        late = f"{_time(pulse.run_delay_p50_s)} (p95 {_time(pulse.run_delay_p95_s)})"
        rows.append(("DAG runs created late by", late))
    if pulse.parses:
        slowest = pulse.parses[0]
        rows.append(("slowest DAG file to parse", f"{_time(slowest.parse_s)} ({slowest.dag})"))
    if pulse.hosts:
        least = pulse.hosts[0]
        rows.append(("shortest time from queued to start", f"{least.least_s * 1000:.0f}ms ({least.host})"))
    page.table([row for row in rows if not row[1].startswith(("nan", "-"))])


def _failures(page: Page, failures: Failures) -> None:
    if not failures.failed:
        return
    told = f", {failures.traced} of them told by logs" if failures.traced else ""
    page.heading(f"Failures: {plural(failures.failed, 'try', 'tries')}{told}")
    policies = {one.cause: one for one in failures.class_policies}
    rows = [
        (str(one.tries), _time(one.burnt_s), one.cause, policies[one.cause].advice)
        for one in failures.classes
    ]
    page.table(rows, header=("tries", "ran", "cause", "best retried"))
    for one in failures.outcomes[:MOST_ROWS]:
        which = f"retry {one.retry_number}" if one.retry_number else "first try"
        sure = f"95% sure: {format_share(one.low_share)} to {format_share(one.high_share)}"
        page.line(f"{which}: {format_share(one.success_share)} of {one.ended} succeeded ({sure})", indent=2)


def _contention(page: Page, contentions: Sequence[Contention]) -> None:
    some = [one for one in contentions if one.slowed_s > 0][:MOST_ROWS]
    if not some:
        return
    page.heading("Where more at a time makes tasks slower")
    rows = [(f"{one.best:.0f}", str(one.most), _time(one.slowed_s), one.where) for one in some]
    page.table(rows, header=("best", "most", "lost", "where"))


def _metadata_db(page: Page, found: MetadataDb | None) -> None:
    if found is None:
        return
    page.heading("Metadata DB, by the server's own estimates")
    rows = [
        (
            f"{one.rows:,}" if one.rows is not None else "-",
            format_bytes(one.size_bytes) if one.size_bytes is not None else "-",
            (one.oldest or "-")[:10],
            one.name,
        )
        for one in found.upkeep.tables[:MOST_ROWS]
    ]
    if rows:
        page.table(rows, header=("rows", "size", "oldest row", "table"))
    server = found.upkeep.connections
    if server is not None:
        page.line(f"connections in use: {server.used} of {server.usable}", indent=2)
