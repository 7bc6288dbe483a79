"""api.workers (3.x) and webserver.workers (2.x): processes that answer tasks and people."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.deployment.component import Component
from airflow_tune.diagnose.slottail import heartbeat_s
from airflow_tune.findings import Advice, Evidence, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose
from airflow_tune.units import format_bytes, format_share, plural

# A worker busy for more than half its time makes requests wait as long as they take (M/M/1).
BUSY_SHARE_MAX = 0.5
# Heartbeats follow each other no faster, whatever is set: each takes a request.
SHORTEST_BEAT_S = 0.1
# One busy, one free. Judgement.
LEAST_WORKERS = 2


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose the workers of an API server (3.x) or webserver (2.x)."""
    servers = plan.installation.deployment.api_servers
    name = plan.installation.version.api_workers_option
    if servers is None:
        yield leave(plan.installation, name, "the deployment runs none")
    elif servers.workers is not None:
        yield leave(
            plan.installation, name, f"the deployment file says {servers.workers.value} for each server"
        )
    elif plan.installation.version.api_serves_tasks:
        yield _api(plan, servers)
    else:
        yield _web(plan, servers)


def _api(plan: Plan, servers: Component) -> Advice:
    """Each running task sends a heartbeat every interval, and some requests at start and end."""
    installation, footprint = plan.installation, plan.installation.footprint
    name = installation.version.api_workers_option
    current = installation.settings.integer(*name) or 1
    interval = max(heartbeat_s(installation.settings), SHORTEST_BEAT_S)
    duration = installation.profile.typical_duration_s()
    beat, task = footprint.api_cpu_s_per_heartbeat, footprint.api_cpu_s_per_task
    demand = plan.running * (beat.value / interval + task.value / duration)
    needed = max(1, math.ceil(demand / BUSY_SHARE_MAX / max(1, servers.count.value)))
    most = max(1, math.ceil(servers.cores.value / (2 if servers.shares_host else 1)))
    # One stuck request must not hold up every heartbeat, where there was more than one worker before.
    value = min(max(needed, min(current, LEAST_WORKERS)), most)
    evidence = (
        Evidence("tasks at once", str(plan.running), computed("planned slots")),
        Evidence("CPU of a heartbeat", f"{beat.value * 1000:g} ms", beat.origin),
        Evidence("CPU of a task's other requests", f"{task.value * 1000:g} ms", task.origin),
        Evidence(
            "cores needed",
            f"{demand:.2f}",
            computed("tasks × (heartbeat / interval + requests / duration)"),
            f"{plan.running} × ({beat.value:g} / {interval:g} + {task.value:g} / {duration:g})",
        ),
        Evidence(
            "workers",
            str(value),
            computed("cores needed / 50 % / servers, at most the cores"),
            f"min({most}, max(⌈{demand:.2f} / {BUSY_SHARE_MAX:g} / {servers.count.value}⌉,"
            f" {min(current, LEAST_WORKERS)}))",
        ),
    )
    busy = demand / current / servers.count.value
    if needed <= current <= most:
        return leave(
            installation,
            name,
            f"{plural(plan.running, 'task')} at once keep it {busy:.0%} busy",
            evidence,
        )
    memory = footprint.api_worker_bytes
    return propose(
        installation,
        name,
        value,
        reason=f"{plan.running} running tasks need {demand:.2f} cores of the API server for start,"
        " heartbeats and end",
        risk=Risk(
            f"each worker takes {format_bytes(memory.value)} and connections of its own",
            headroom_share=max(0.0, 1 - demand / value / servers.count.value),
        ),
        confidence=plan.confidence,
        evidence=evidence,
        binds_next="cores of the API server",
    )


def _web(plan: Plan, servers: Component) -> Advice:
    """In 2.x only people use it: on a small shared host its workers' memory is worth more as slots."""
    installation = plan.installation
    name = installation.version.api_workers_option
    memory = installation.footprint.api_worker_bytes
    current = installation.settings.integer(*name) or 1
    share = current * memory.value / servers.memory_bytes.value
    most = max(LEAST_WORKERS, math.ceil(servers.cores.value))
    evidence = (
        Evidence("memory of a worker", format_bytes(memory.value), memory.origin),
        Evidence(
            "share of the host's memory",
            format_share(share),
            computed("workers × memory / host"),
            f"{current} × {format_bytes(memory.value)} / {format_bytes(servers.memory_bytes.value)}",
        ),
    )
    if not servers.shares_host or current <= most:
        return leave(
            installation, name, "in 2.x only people use the webserver; tasks do not wait for it", evidence
        )
    return propose(
        installation,
        name,
        most,
        reason=f"{current} webserver workers take {format_share(share)} of the memory that tasks share,"
        f" and {servers.cores.value:g} cores run no more than {most} of them",
        risk=Risk("pages answer later when several people look at large DAGs"),
        confidence=plan.confidence,
        evidence=evidence,
        binds_next="memory of the host",
    )
