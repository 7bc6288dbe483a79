"""What `bench --db-url` measured of a database of the metadata DB's kind.

A result keeps no address of the server, since it may be shown to others: it is taken for that of the metadata
DB where both are of one kind, and each number that comes of it says so.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple

from airflow_tune.installation.bench_origin import bench_origin
from airflow_tune.measured import Measured

if TYPE_CHECKING:
    from airflow_tune.suite.model import Suite, WorkloadResult

CONNECTIONS, CONNECTING = "db-concurrency", "db-connect"
WORKLOADS = (CONNECTING, "db-commit", "db-write", CONNECTIONS)
ROUND_TRIP = "round_trip_s"
_SPELLINGS = {"postgres": "postgresql", "mariadb": "mysql"}


class BenchedDatabase(NamedTuple):
    """What was measured of the metadata DB's server, each None where it was not.

    `connections` at a time do 95 % of the most that any number did, where more than that were tried;
    `round_trip_s` is the median time of a statement that does nothing, in seconds.
    """

    connections: Measured[int] | None
    round_trip_s: Measured[float] | None


def benched_database(suite: Suite, metadata_url: str) -> BenchedDatabase | None:
    """Return what `suite` holds of a database of the kind that `metadata_url` names, None for another."""
    kind = _kind(metadata_url)
    if not kind or kind == "sqlite" or kind != _kind(str(suite.options.get("db") or "")):
        return None
    enough, trip = _enough(suite), _round_trip_s(suite)
    what = f"the {kind} of its --db-url, taken for the metadata DB"
    return BenchedDatabase(
        None if enough is None else Measured(enough, bench_origin(suite, f"{CONNECTIONS} on {what}")),
        None if trip is None else Measured(trip, bench_origin(suite, f"an empty statement on {what}")),
    )


def _kind(url: str) -> str:
    """Return the dialect that a URL, or the scheme of one, names."""
    spelled = url.partition(":")[0].partition("+")[0].strip().lower()
    return _SPELLINGS.get(spelled, spelled)


def _enough(suite: Suite) -> int | None:
    """Return the connections beyond which nothing is gained; None where the most tried still gain."""
    result = _sound(suite, CONNECTIONS)
    law = result.models.get("scaling") if result else None
    enough = law.get("enough") if isinstance(law, dict) else None
    counts = [one.parameters.get("connections") for one in (result.variants if result else ()) if one.kept_s]
    tried = [count for count in counts if isinstance(count, int)]
    return enough if isinstance(enough, int) and tried and enough < max(tried) else None


def _round_trip_s(suite: Suite) -> float | None:
    """Return the median of the first workload that measured it, in one connection alone if possible."""
    for name in WORKLOADS:
        result = _sound(suite, name)
        trips = [
            value
            for variant in (result.variants if result else ())
            for value in variant.figures.get(ROUND_TRIP, ())
            if value is not None
        ]
        if trips:
            return statistics.median(trips)
    return None


def _sound(suite: Suite, name: str) -> WorkloadResult | None:
    """Return a workload's result, None where it was so disturbed that its numbers are not worth having."""
    result = suite.workload(name)
    return None if result is None or any(one.void for one in result.remarks) else result
