"""How long a slot stays taken after its task's end, under the heartbeat interval that is set."""

from __future__ import annotations

from airflow_tune.diagnose.waits.machinery import HEARTBEAT_S
from airflow_tune.installation.model import Installation
from airflow_tune.measured import Measured
from airflow_tune.settings.settings import Settings

HEARTBEAT = ("workers", "min_heartbeat_interval")


def heartbeat_s(settings: Settings) -> float:
    """Return workers.min_heartbeat_interval in seconds, its default where the version has no such option."""
    found = settings.number(*HEARTBEAT)
    return HEARTBEAT_S if found is None else max(found, 0.0)


def slot_tail_s(installation: Installation) -> Measured[float]:
    """Return the seconds, on average over all tasks, that a slot is held after the end (3.x; 0 in 2.x).

    The tasks that hold theirs do so for one interval, so the average grows with it; it was measured under
    the default interval.
    """
    measured = installation.footprint.slot_tail_s
    return Measured(measured.value * heartbeat_s(installation.settings) / HEARTBEAT_S, measured.origin)
