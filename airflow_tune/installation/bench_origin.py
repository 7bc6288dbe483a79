"""Where a figure of the bench comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_tune.origins import Origin, OriginKind

if TYPE_CHECKING:
    from airflow_tune.suite.model import Suite


def bench_origin(suite: Suite, what: str) -> Origin:
    """Return the origin of a figure of the bench."""
    host, day = suite.machine.hostname, suite.started_at[:10]
    return Origin(OriginKind.MEASURED, f"bench on {host}, {day}: {what}")
