"""[database] sql_alchemy_pool_size and sql_alchemy_max_overflow: connections that fit the server."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.diagnose.connections import Consumer, consumers, engine_connections, server_budget
from airflow_tune.findings import Advice, Confidence, Evidence, Risk
from airflow_tune.installation.model import Installation
from airflow_tune.measured import Measured
from airflow_tune.origins import computed
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose
from airflow_tune.units import format_share

SIZE = ("database", "sql_alchemy_pool_size")
OVERFLOW = ("database", "sql_alchemy_max_overflow")
# Airflow's default: kept open; what goes beyond is opened for bursts only.
KEPT_OPEN = 5


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose a pool size and overflow with which all processes together fit the server."""
    installation = plan.installation
    budget = server_budget(installation)
    why_not = _why_not(installation, budget)
    if why_not or budget is None:
        yield from (leave(installation, name, why_not) for name in (SIZE, OVERFLOW))
        return
    engine = engine_connections(installation)
    granted = math.floor(budget.value * (1 - installation.profile.headroom.connections.value))
    users = consumers(installation, 1, plan.running)
    most = _worth(installation)
    if engine is not None and _total(users, engine) <= granted:
        if most is not None and engine > most.value:
            yield from _bounded(installation, users, most, budget)
            return
        yield from _fits(installation, users, engine, budget)
        return
    yield from _smaller(installation, users, granted, budget)


def _why_not(installation: Installation, budget: Measured[int] | None) -> str:
    if installation.uses_sqlite:
        return "SQLite has no server whose connections could run out"
    if installation.settings.boolean("database", "sql_alchemy_pool_enabled") is False:
        return "the pool is switched off (sql_alchemy_pool_enabled)"
    if budget is None:
        return "the server's connection limit is unknown: name it with --deployment or --db"
    return ""


def _total(users: tuple[Consumer, ...], engine: int) -> int:
    return sum(one.total * (engine if one.pooled else 1) for one in users)


def _evidence(users: tuple[Consumer, ...], budget: Measured[int]) -> tuple[Evidence, ...]:
    return (
        Evidence("connections granted", str(budget.value), budget.origin),
        *(
            Evidence(
                f"engines of {one.name}" if one.pooled else f"connections of {one.name}",
                str(one.total),
                computed("processes × each"),
                f"{one.processes} × {one.each}",
            )
            for one in users
        ),
    )


def _fits(
    installation: Installation, users: tuple[Consumer, ...], engine: int, budget: Measured[int]
) -> Iterator[Advice]:
    total = _total(users, engine)
    reason = f"all processes together open at most {total} of {budget.value} connections"
    for name in (SIZE, OVERFLOW):
        yield leave(installation, name, reason, _evidence(users, budget))


def _worth(installation: Installation) -> Measured[int] | None:
    """Return the connections of an engine beyond which the measured server does no more work.

    At least Airflow's own pool size: sessions also hold a connection while they wait for something else.
    """
    benched = installation.benched_database
    if benched is None or benched.connections is None:
        return None
    return Measured(max(KEPT_OPEN, benched.connections.value), benched.connections.origin)


def _bounded(
    installation: Installation, users: tuple[Consumer, ...], most: Measured[int], budget: Measured[int]
) -> Iterator[Advice]:
    """Propose engines that open no more than what the server was measured to gain from."""
    benched = installation.benched_database
    known = benched.connections if benched and benched.connections else most
    evidence = (
        *_evidence(users, budget),
        Evidence("connections that the server gains from", str(known.value), known.origin),
        Evidence(
            "connections of an engine",
            str(most.value),
            computed("connections that the server gains from, at least Airflow's pool size"),
            f"max({KEPT_OPEN}, {known.value})",
        ),
    )
    for name, value in ((SIZE, KEPT_OPEN), (OVERFLOW, most.value - KEPT_OPEN)):
        yield propose(
            installation,
            name,
            value,
            reason=f"the server does 95 % of the most that it was measured to do with {known.value}"
            " connections at a time: what one engine opens beyond that queues there",
            risk=Risk(
                "a process whose sessions wait for other than the DB waits for a connection, and fails after"
                " SQLAlchemy's 30 s; the bench measured small writes from one host",
                headroom_share=1 - _total(users, most.value) / budget.value,
            ),
            confidence=Confidence.MEDIUM,
            evidence=evidence,
            binds_next="connections that the server gains from",
        )


def _smaller(
    installation: Installation, users: tuple[Consumer, ...], granted: int, budget: Measured[int]
) -> Iterator[Advice]:
    fixed = sum(one.total for one in users if not one.pooled)
    engines = sum(one.total for one in users if one.pooled)
    each = max(0, granted - fixed) // engines
    most = _worth(installation)
    if most is not None and each > most.value:
        yield from _bounded(installation, users, most, budget)
        return
    if each < 1:
        reason = (
            f"{engines} engines and {fixed} connections of running tasks cannot share {granted}:"
            " put a pooler such as PgBouncer in front, or raise the server's limit"
        )
        yield from (leave(installation, name, reason, _evidence(users, budget)) for name in (SIZE, OVERFLOW))
        return
    size = min(KEPT_OPEN, each)
    headroom = installation.profile.headroom.connections.value
    evidence = (
        *_evidence(users, budget),
        Evidence(
            "connections of an engine",
            str(each),
            computed("granted less headroom / engines"),
            f"⌊({budget.value} × (1 − {format_share(headroom)}) − {fixed}) / {engines}⌋",
        ),
    )
    for name, value in ((SIZE, size), (OVERFLOW, each - size)):
        yield propose(
            installation,
            name,
            value,
            reason=f"{engines} engines share {granted - fixed} of the server's {budget.value} connections",
            risk=Risk(
                "a process that needs more at once waits for one, and fails after SQLAlchemy's 30 s",
                headroom_share=1 - (engines * each + fixed) / budget.value,
            ),
            confidence=Confidence.HIGH,
            evidence=evidence,
            binds_next="connections of the metadata DB",
        )
