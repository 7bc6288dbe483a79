"""The past in one value: where the waiting went, and every finding with its price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from airflow_tune.diagnose.past.concurrency import measure_concurrency, roomy_limits
from airflow_tune.diagnose.past.contention import harmful_concurrency, measure_contention
from airflow_tune.diagnose.past.failure import diagnose_failures, useless_retries
from airflow_tune.diagnose.past.path import critical_paths, serial_chains
from airflow_tune.diagnose.past.priced import Priced, dearest_first
from airflow_tune.diagnose.past.pulse import pulse_findings, take_pulse
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.result import Waits, attribute_waits
from airflow_tune.history.model import History
from airflow_tune.installation.past import Past


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a report says of the past; `findings` stand dearest first, `notes` say what is missing.

    `task_instances` counts each once, however often it was tried.
    """

    source: str
    since_s: float | None
    task_instances: int
    dag_runs: int
    waits: Waits
    findings: tuple[Priced, ...]
    notes: tuple[str, ...]


def judge(past: Past, machinery: Machinery) -> Verdict:
    """Return the verdict on `past`, which `machinery` ran."""
    history = past.history
    some = len(history.tries) > 0
    return Verdict(
        past.source,
        past.since_s,
        int(history.tries.last.sum()),
        len(history.runs),
        attribute_waits(history, machinery) if some else Waits(0.0, ()),
        dearest_first(_findings(history, machinery)) if some else (),
        history.notes,
    )


def _findings(history: History, machinery: Machinery) -> Iterator[Priced]:
    yield from harmful_concurrency(measure_contention(history))
    yield from roomy_limits(measure_concurrency(history, machinery))
    yield from useless_retries(diagnose_failures(history))
    yield from serial_chains(critical_paths(history, machinery.worker_slots or machinery.slots))
    yield from pulse_findings(take_pulse(history))
