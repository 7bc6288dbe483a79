"""Task instance and DAG run states as Airflow spells them, and the codes that columns hold."""

from __future__ import annotations

NONE = 0
"""The code of a task instance that has no state yet, or of a state not known here."""

STATES = (
    "none",
    "scheduled",
    "queued",
    "running",
    "success",
    "failed",
    "skipped",
    "upstream_failed",
    "up_for_retry",
    "up_for_reschedule",
    "deferred",
    "removed",
    "restarting",
    "shutdown",
    "awaiting_input",
)
"""Read in Airflow's `utils/state.py` (2.x: restarting, shutdown; 3.x: awaiting_input)."""

CODE = {name: code for code, name in enumerate(STATES)}
SCHEDULED, QUEUED, RUNNING, SUCCESS, FAILED = (CODE[name] for name in STATES[1:6])
SKIPPED, UPSTREAM_FAILED, UP_FOR_RETRY, UP_FOR_RESCHEDULE, DEFERRED, REMOVED = (
    CODE[name] for name in STATES[6:12]
)


def code(name: str | None) -> int:
    """Return the code of the state `name`; NONE for no state and for one that is not known."""
    return CODE.get(name or "none", NONE)
