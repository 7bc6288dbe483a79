"""The past in one value: where the waiting went, every figure behind it, and every finding with its price."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from airflow_tune.diagnose.past.concurrency import Usage, measure_concurrency, roomy_limits
from airflow_tune.diagnose.past.contention import Contention, harmful_concurrency, measure_contention
from airflow_tune.diagnose.past.failure import (
    NO_FAILURES,
    Failures,
    diagnose_failures,
    frequent_failures,
    useless_retries,
)
from airflow_tune.diagnose.past.kpi import NO_KPIS, Kpis, measure_kpis
from airflow_tune.diagnose.past.limit import holding_limits
from airflow_tune.diagnose.past.path import NO_PATHS, CriticalPaths, critical_paths, serial_chains
from airflow_tune.diagnose.past.priced import Priced, dearest_first
from airflow_tune.diagnose.past.pulse import NO_PULSE, Pulse, pulse_findings, take_pulse
from airflow_tune.diagnose.past.upkeep import MetadataDb, judge_upkeep, upkeep_findings
from airflow_tune.diagnose.waits.asked import Asked, Limits
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.occupancy import Occupancy
from airflow_tune.diagnose.waits.result import Waits, attribute_waits
from airflow_tune.history.column import NAT
from airflow_tune.history.model import History
from airflow_tune.installation.past import Past


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a report says of the past; `findings` stand dearest first, `notes` say what is missing.

    `task_instances` counts each once, however often it was tried. `begin` and `end` are the first and
    last moment of the history (UTC, NaT where it has none). What has no rows has empty figures; `metadata_db`
    is None where the past was not read from one.
    """

    source: str
    since_s: float | None
    task_instances: int
    dag_runs: int
    waits: Waits
    findings: tuple[Priced, ...]
    notes: tuple[str, ...]
    begin: np.datetime64 = NAT
    end: np.datetime64 = NAT
    kpis: Kpis = NO_KPIS
    concurrency: tuple[Usage, ...] = ()
    critical_paths: CriticalPaths = NO_PATHS
    scheduler: Pulse = NO_PULSE
    failures: Failures = NO_FAILURES
    contention: tuple[Contention, ...] = ()
    metadata_db: MetadataDb | None = None


def judge(past: Past, machinery: Machinery) -> Verdict:
    """Return the verdict on `past`, which `machinery` ran."""
    measured = _measured(past, machinery)
    return replace(measured, findings=dearest_first(_findings(measured)))


def _measured(past: Past, machinery: Machinery) -> Verdict:
    """Return every figure of `past`, and no findings yet."""
    history = past.history
    tries, runs = int(history.tries.last.sum()), len(history.runs)
    found = Verdict(past.source, past.since_s, tries, runs, Waits(0.0, ()), (), history.notes)
    if past.upkeep is not None:
        state = judge_upkeep(past.upkeep, history.version, history.taken_at)
        found = replace(found, metadata_db=state)
    if not len(history.tries):
        return replace(found, waits=attribute_waits(history, machinery))
    occupancy = Occupancy.of(history, machinery)
    # numpy and what is compiled let go of the interpreter's lock while they work: two threads take little
    # more than half.
    with ThreadPoolExecutor(max_workers=1) as beside:
        contention = beside.submit(measure_contention, history, occupancy.held)
        rest = beside.submit(_rest, history, machinery)
        found = replace(found, concurrency=measure_concurrency(history, machinery, occupancy))
        limits = Limits.of(occupancy)
        # Who held what is large, and what comes now needs the memory.
        del occupancy
        asked = Asked.between_looks(history, limits)
        del limits
        found = replace(found, begin=_begin(history), end=history.taken_at, contention=contention.result())
        waits = attribute_waits(history, machinery, asked)
        return replace(found, waits=waits, **rest.result())


def _rest(history: History, machinery: Machinery) -> dict[str, Any]:
    return {
        "failures": diagnose_failures(history),
        "scheduler": take_pulse(history),
        "critical_paths": critical_paths(history, machinery.worker_slots or machinery.slots),
        "kpis": measure_kpis(history),
    }


def _begin(history: History) -> np.datetime64:
    """Return the first moment that something happened."""
    runs, tries = history.runs, history.tries
    columns = (runs.queued, runs.start, tries.queued, tries.start)
    first = [np.fmin.reduce(column) for column in columns if len(column)]
    found: np.datetime64 = np.fmin.reduce(np.array(first, "datetime64[us]"))
    return found


def _findings(past: Verdict) -> Iterator[Priced]:
    yield from holding_limits(past.waits)
    yield from harmful_concurrency(past.contention)
    yield from roomy_limits(past.concurrency)
    yield from useless_retries(past.failures)
    yield from frequent_failures(past.failures)
    yield from serial_chains(past.critical_paths)
    yield from pulse_findings(past.scheduler)
    yield from upkeep_findings(past.metadata_db)
