"""All consistency checks, run together."""

from __future__ import annotations

from airflow_tune.diagnose.consistency import (
    autoscale_cannot_scale,
    changed_meaning,
    concurrency_over_memory,
    connections_exceed_server,
    default_pool_binds,
    env_shadows_file,
    fetch_batch_starves,
    parallelism_below_fleet,
    parsing_over_cores,
    pod_batch_of_one,
    triggerer_capacity,
)
from airflow_tune.findings import Finding
from airflow_tune.installation.model import Installation

CHECKS = (
    parallelism_below_fleet,
    concurrency_over_memory,
    default_pool_binds,
    fetch_batch_starves,
    connections_exceed_server,
    autoscale_cannot_scale,
    parsing_over_cores,
    env_shadows_file,
    changed_meaning,
    pod_batch_of_one,
    triggerer_capacity,
)


def inconsistencies(installation: Installation) -> tuple[Finding, ...]:
    """Return the findings of every check, the gravest first, then by code."""
    found = [finding for module in CHECKS for finding in module.check(installation)]
    return tuple(sorted(found, key=lambda one: (-one.severity.rank, one.code)))
