"""The report of `bench fleet`: who is slow, throttled or disturbed, and each worker by itself."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from airflow_tune.report.page import Page
from airflow_tune.secrets import redact
from airflow_tune.suite.fleet import Fleet, SlotResult, worker_name


def fleet_report(fleet: Fleet, *, width: int, colour: bool) -> str:
    """Return the odd ones first, then a line for each worker of each queue."""
    page = Page(width=width, colour=colour)
    workers = by_worker(fleet)
    done = sum(slot.suite is not None for slot in fleet.slots)
    page.heading(f"{len(workers)} workers measured on {done} of {len(fleet.slots)} slots ({fleet.run_id})")
    if not fleet.odd:
        page.line("No worker stands out.")
    for one in fleet.odd:
        told = f"{worker_name(one.host, one.queue)}: {one.kind}: {redact(one.message)}"
        page.line(told, style="yellow", hang=4)
        page.labelled("do", one.advice)
    rows = list(_rows(fleet, workers))
    if rows:
        page.heading("Workers")
        page.table([("worker", "slots", "cores", "memory", "to the median"), *rows])
    return page.text()


def by_worker(fleet: Fleet) -> dict[tuple[str, str], list[SlotResult]]:
    """Return the slots by host and queue, those that found nothing left out."""
    found: dict[tuple[str, str], list[SlotResult]] = {}
    for slot in fleet.slots:
        if slot.suite is not None:
            found.setdefault((slot.host, slot.queue), []).append(slot)
    return found


def _rows(fleet: Fleet, workers: dict[tuple[str, str], list[SlotResult]]) -> Iterator[tuple[str, ...]]:
    for (host, queue), slots in sorted(workers.items()):
        machines = [slot.suite.machine for slot in slots if slot.suite is not None]
        cores = statistics.median(machine.cores for machine in machines)
        memory = statistics.median(machine.memory_bytes for machine in machines)
        ratio = fleet.speeds.get(worker_name(host, queue))
        shown = "-" if ratio is None else f"{ratio:.2f} x"
        yield worker_name(host, queue), str(len(slots)), f"{cores:g}", f"{memory / 2**30:.1f} GiB", shown
