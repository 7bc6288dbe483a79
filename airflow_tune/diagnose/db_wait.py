"""How much longer a pass of the scheduler's loop takes where its metadata DB is farther away."""

from __future__ import annotations

from airflow_tune.footprints import NEAR_DB_S
from airflow_tune.installation.model import Installation
from airflow_tune.measured import Measured
from airflow_tune.origins import computed
from airflow_tune.units import format_duration

LEAST_S = 0.001
"""Less in a pass of tens of milliseconds is lost in how they differ. Judgement."""


def scheduler_db_wait(installation: Installation) -> Measured[float] | None:
    """Return the seconds that an idle pass waits longer for the DB than where its cost was measured.

    Each statement waits for one round trip. A busy pass makes more of them, so it is the least. None where
    no round trip with the metadata DB was measured, or it is hardly longer than it was there.
    """
    benched = installation.benched_database
    trip = benched.round_trip_s if benched else None
    statements = installation.footprint.scheduler_statements
    if trip is None:
        return None
    wait = statements.value * (trip.value - NEAR_DB_S.value)
    if wait < LEAST_S:
        return None
    formula = (
        f"{statements.value} statements × (a round trip of {format_duration(trip.value)}"
        f" less {format_duration(NEAR_DB_S.value)} where the loop was measured); {trip.origin}"
    )
    return Measured(wait, computed(formula))
