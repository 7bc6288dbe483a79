"""AFC02: more tasks at once than the memory of their host bears."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.capacity import Capacity, capacity
from airflow_tune.diagnose.consistency.rule import Rule
from airflow_tune.diagnose.taskhost import task_hosts
from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.installation.model import Installation
from airflow_tune.measured import Measured
from airflow_tune.units import format_bytes, format_share, plural

RULE = Rule("AFC02", "concurrency-over-memory", Layer.INFRASTRUCTURE)


def check(installation: Installation) -> Iterator[Finding]:
    """Compare slots × memory of a task (profile, footprint) with each host's memory."""
    for host in task_hosts(installation):
        if host.configured_slots is not None:
            yield from _judge(installation, capacity(installation, host), host.configured_slots)


def _judge(installation: Installation, found: Capacity, slots: Measured[int]) -> Iterator[Finding]:
    share = found.memory_share(slots.value)
    headroom = installation.profile.headroom.memory.value
    if share <= 1 - headroom or slots.value <= 1:
        return
    host = found.host
    taken = format_bytes(share * host.memory_bytes.value)
    over = share > 1
    yield RULE.finding(
        Severity.ERROR if over else Severity.WARN,
        f"{slots.value} tasks at once on {host.label} are planned to need {taken} of"
        f" {format_bytes(host.memory_bytes.value)}"
        + (
            ": the kernel would kill some of them"
            if over
            else f": less than the {format_share(headroom)} headroom is left"
        ),
        advice=f"give {host.label} at most {plural(max(1, found.memory_slots), 'slot')},"
        " or more memory, or a profile that fits its tasks better",
        evidence=(Evidence("slots", str(slots.value), slots.origin), *found.evidence),
        origin=slots.origin,
    )
