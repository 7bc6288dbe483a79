"""AFC03: a default_pool smaller than what everything else allows, or pools too large to limit."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.consistency.rule import Rule
from airflow_tune.diagnose.ladder import ladder
from airflow_tune.findings import POOL_PREFIX, Evidence, Finding, Layer, Severity
from airflow_tune.installation.model import DEFAULT_POOL, Installation

RULE = Rule("AFC03", "default-pool-binds", Layer.FRAMEWORK)

# Judgement: with this many times more pool slots than task slots, no pool but a tiny one holds a task.
FAR_MORE = 4


def check(installation: Installation) -> Iterator[Finding]:
    """Compare the slots of default_pool, and of all pools, with the other installation-wide limits."""
    others = [rung for rung in ladder(installation) if rung.limit != f"{POOL_PREFIX}{DEFAULT_POOL}"]
    if not others:
        return
    lowest = others[0]
    pool = installation.default_pool
    evidence = Evidence(f"slots of {DEFAULT_POOL}", str(pool.value), pool.origin)
    if 0 <= pool.value < lowest.slots:
        yield RULE.finding(
            Severity.WARN,
            f"{DEFAULT_POOL} lets {pool.value} task instances run although {lowest.limit} allows"
            f" {lowest.slots}: every task that names no pool stops there",
            advice=f'run `airflow pools set {DEFAULT_POOL} {lowest.slots} "default"`'
            " (core.default_pool_task_slot_count only counts when the pool is first created)",
            evidence=(evidence,),
            origin=pool.origin,
        )
    total = sum(pool.value for pool in installation.pools.values() if pool.value > 0)
    if installation.pools and total > FAR_MORE * max(lowest.slots, pool.value):
        yield RULE.finding(
            Severity.INFO,
            f"all pools together hold {total} slots against {lowest.slots} of {lowest.limit}:"
            " few of them can ever limit anything",
            advice="size a pool by what it protects (connections, an API's rate), or drop it",
            evidence=tuple(
                Evidence(f"slots of {name}", str(one.value), one.origin)
                for name, one in installation.pools.items()
            ),
        )
