"""AFC05: more metadata DB connections than the server, or its pooler, grants."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.connections import consumers, engine_connections, server_budget
from airflow_tune.diagnose.consistency.rule import Rule, setting_evidence
from airflow_tune.diagnose.ladder import ladder
from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.installation.model import Installation
from airflow_tune.origins import computed

RULE = Rule("AFC05", "connections-exceed-server", Layer.SYSTEM)


def check(installation: Installation) -> Iterator[Finding]:
    """Compare Σ processes × (pool size + overflow) with the connections that clients may open."""
    budget = server_budget(installation)
    engine = engine_connections(installation)
    if budget is None or engine is None or installation.uses_sqlite:
        return
    rungs = ladder(installation)
    found = consumers(installation, engine, rungs[0].slots if rungs else 0)
    total = sum(one.total for one in found)
    if total <= budget.value:
        return
    pooled = installation.deployment.database.pooler is not None
    yield RULE.finding(
        Severity.ERROR,
        f"Airflow's processes may open {total} metadata DB connections,"
        f" {'the pooler' if pooled else 'the server'} grants {budget.value}",
        advice="lower database.sql_alchemy_pool_size and sql_alchemy_max_overflow, or "
        + ("raise the pooler's client limit" if pooled else "put a pooler such as PgBouncer in front"),
        evidence=(
            setting_evidence(installation, "database", "sql_alchemy_pool_size"),
            setting_evidence(installation, "database", "sql_alchemy_max_overflow"),
            *(
                Evidence(
                    f"connections of {one.name}",
                    str(one.total),
                    computed("processes × connections"),
                    f"{one.processes} × {one.each}",
                )
                for one in found
            ),
            Evidence("connections granted", str(budget.value), budget.origin),
        ),
        origin=installation.settings.get("database", "sql_alchemy_pool_size").origin,
    )
