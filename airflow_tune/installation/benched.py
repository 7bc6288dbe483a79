"""An installation with what `bench` measured on its host in place of start values.

Cores count for what they bring: a host on which two processes do 1.6 times the work of one is planned with
1.6 cores, be it for hyper-threads or shared CPUs. What the bench did not measure stays as it was.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow_tune.footprints import Footprint
from airflow_tune.host import Host
from airflow_tune.installation.bench_origin import bench_origin
from airflow_tune.installation.benched_database import CONNECTING, CONNECTIONS, benched_database
from airflow_tune.installation.model import Installation
from airflow_tune.measured import Measured
from airflow_tune.origins import computed
from airflow_tune.units import format_bytes, format_duration, plural

if TYPE_CHECKING:
    from airflow_tune.suite.model import Suite, VariantResult

SCALING, STARTS, PARSING = "cpu-python", "airflow-start", "dag-parse"
IMPORT, TASK, FIRST_TASK = "import airflow", "task in a warm process", "first_task_s"
ALIKE_SHARE = 0.05
"""Cores are left as they are where the work that they do is this near; the law's own error is as large."""


def benched_host(host: Host, suite: Suite) -> Host:
    """Return `host` with the cores that CPU-bound work was measured to use of it, if that is fewer.

    The result of another host leaves it alone, with a note, as does one that is not worth having.
    """
    others = _another(host, suite) or _disturbed(suite)
    if others:
        return replace(host, notes=(*host.notes, f"its cores are not taken from the bench: {others}"))
    speedup = _scaling(suite, SCALING).get("speedup")
    if not isinstance(speedup, float) or speedup >= host.cores.value * (1 - ALIKE_SHARE):
        return host
    cores = Measured(round(max(speedup, 0.1), 2), bench_origin(suite, "what its cores do at once"))
    return replace(host, cores=cores)


def with_bench(installation: Installation, suite: Suite) -> Installation:
    """Return `installation` with memory, start-up and parsing as measured, and notes on the database.

    Where the machine was disturbed so that times are not worth having, only memory is taken.
    """
    found = replace(installation, footprint=_memory(installation.footprint, suite))
    if _disturbed(suite):
        note = f"bench: {_disturbed(suite)}: only the memory that it measured is used"
        return replace(found, notes=(*found.notes, note))
    return replace(
        found,
        footprint=_starts(found.footprint, suite),
        parse_s_per_file=_parse_seconds(suite) or found.parse_s_per_file,
        benched_database=benched_database(
            suite, installation.settings.text("database", "sql_alchemy_conn") or ""
        ),
        notes=(*found.notes, *_database(suite)),
    )


def _another(host: Host, suite: Suite) -> str:
    """Return how the measured machine is another one than `host`, "" where it may be the same."""
    machine = suite.machine
    if machine.machine_cores != host.machine_cores.value:
        return f"it was made on {machine.hostname} with {plural(machine.machine_cores, 'core')}"
    return ""


def _disturbed(suite: Suite) -> str:
    """Return why times of a result are not worth having, "" where they are."""
    return "; ".join(one.message for one in suite.remarks if one.void)


def _memory(known: Footprint, suite: Suite) -> Footprint:
    """Return the memory of a task by that of the one which the bench ran, else by that of an import.

    What was measured is one process alone, and a slot's processes share pages: so the known figure is
    scaled, not replaced.
    """
    imported, task = _peak(_variant(suite, STARTS, IMPORT)), _peak(_variant(suite, STARTS, TASK))
    found = known
    if imported is not None:
        found = found._replace(import_bytes=Measured(imported, bench_origin(suite, "`import airflow`")))
    if task is not None:
        return _scaled(found, suite, task, known.task_peak_bytes.value, "the process of a real task")
    if imported is not None:
        return _scaled(found, suite, imported, known.import_bytes.value, "`import airflow`")
    return found


def _scaled(known: Footprint, suite: Suite, here: int, elsewhere: int, what: str) -> Footprint:
    each = known.task_process_bytes.value
    formula = (
        f"{format_bytes(each)} × {format_bytes(here)} that {what} takes on {suite.machine.hostname}"
        f" / {format_bytes(elsewhere)} elsewhere"
    )
    return known._replace(task_process_bytes=Measured(round(each * here / elsewhere), computed(formula)))


def _starts(known: Footprint, suite: Suite) -> Footprint:
    first = _first_task(suite)
    if first is None:
        return known
    what = "a new process until its first task has run"
    return known._replace(first_task_s=Measured(first, bench_origin(suite, what)))


def _first_task(suite: Suite) -> float | None:
    result = suite.workload(STARTS)
    found = [
        value
        for variant in (result.variants if result else ())
        for value in variant.figures.get(FIRST_TASK, ())
        if value is not None
    ]
    return round(statistics.median(found), 2) if found else None


def _parse_seconds(suite: Suite) -> Measured[float] | None:
    """Return the mean over files of the median seconds to parse each."""
    result = suite.workload(PARSING)
    medians = [statistics.median(one.kept_s) for one in (result.variants if result else ()) if one.kept_s]
    if not medians:
        return None
    files = plural(len(medians), "file")
    return Measured(round(statistics.mean(medians), 4), bench_origin(suite, f"mean of {files}"))


def _database(suite: Suite) -> tuple[str, ...]:
    """Return what was measured of the database of --db-url, for the pool of the tasks that use it."""
    found = []
    fastest = _scaling(suite, CONNECTIONS).get("fastest")
    if isinstance(fastest, int):
        begin = f"begin db_pool with {fastest}"
        found.append(f"bench: its database does most with {plural(fastest, 'connection')} at a time: {begin}")
    result = suite.workload(CONNECTING)
    variants = result.variants if result else ()
    times = [statistics.median(one.kept_s) / one.scale for one in variants if one.kept_s]
    if times:
        low, high = format_duration(min(times)), format_duration(max(times))
        found.append(f"bench: a query takes {low} on a kept connection and {high} at most with a new one")
    return tuple(found)


def _scaling(suite: Suite, name: str) -> dict[str, Any]:
    result = suite.workload(name)
    found = result.models.get("scaling") if result else None
    return found if isinstance(found, dict) else {}


def _variant(suite: Suite, workload: str, name: str) -> VariantResult | None:
    result = suite.workload(workload)
    return result.variant(name) if result else None


def _peak(variant: VariantResult | None) -> int | None:
    peaks = [peak for peak in (variant.peaks_bytes if variant else ()) if peak]
    return round(statistics.median(peaks)) if peaks else None
