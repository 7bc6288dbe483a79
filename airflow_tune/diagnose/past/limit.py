"""The limits that hold most, as findings: what each is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.diagnose.past.priced import About, Priced, Rule, dearest_first
from airflow_tune.diagnose.waits.result import LimitWait, Waits
from airflow_tune.diagnose.waits.worst import Example
from airflow_tune.findings import Layer
from airflow_tune.units import format_duration, format_share, plural

LEAST_SHARE, LEAST_S = 0.01, 10.0
"""Less than a hundredth of all waiting, or less than ten seconds of it, is not worth anyone's time."""


@dataclass(frozen=True, slots=True)
class _Kind:
    code: str
    name: str
    layer: Layer
    advice: str


_LIMIT = ("AFH01", "limit-holds")
_KINDS = {
    "parallelism": _Kind(
        *_LIMIT, Layer.FRAMEWORK, "raise core.parallelism as far as cores and memory of the host bear it"
    ),
    "worker_slots": _Kind(
        *_LIMIT, Layer.SYSTEM, "add workers, or raise celery.worker_concurrency as far as memory bears it"
    ),
    "pool": _Kind(
        *_LIMIT, Layer.FRAMEWORK, "give pool {it} more slots, as far as what it protects bears them"
    ),
    "max_active_tasks": _Kind(*_LIMIT, Layer.FRAMEWORK, "raise max_active_tasks of DAG {it}"),
    "max_active_runs": _Kind(
        *_LIMIT,
        Layer.FRAMEWORK,
        "raise max_active_runs of DAG {it} if its runs may overlap, or shorten them",
    ),
    "max_active_tis_per_dag": _Kind(
        *_LIMIT, Layer.APPLICATION, "raise max_active_tis_per_dag of {it} if what it uses bears it"
    ),
    "max_active_tis_per_dagrun": _Kind(
        *_LIMIT, Layer.APPLICATION, "raise max_active_tis_per_dagrun of {it} if what it uses bears it"
    ),
    "scheduler": _Kind(
        "AFH03",
        "scheduler-lags",
        Layer.FRAMEWORK,
        "lower scheduler.scheduler_idle_sleep_time, give the scheduler CPU, and join chains of short tasks",
    ),
    "executor": _Kind(
        "AFH03",
        "executor-lags",
        Layer.INFRASTRUCTURE,
        "look at what a queued task waits for: free worker processes, the broker, pods and images",
    ),
}
_LAG = "time from ready to start in which no limit was at its cap"
_CAP = "time from ready to start in which it was at its cap"


def _named(one: Example) -> str:
    task = f".{one.task}" if one.task else ""
    index = f" [{one.map_index}]" if one.map_index >= 0 else ""
    return f"{one.dag}{task} {one.run_id}{index}, {format_duration(one.waited_s)}"


def _held(wait: LimitWait) -> str:
    kinds = ((wait.task_instances, "task instance"), (wait.dag_runs, "DAG run"))
    return " and ".join(plural(count, noun) for count, noun in kinds if count)


def _finding(wait: LimitWait, kind: _Kind) -> Priced:
    lags = wait.limit in {"scheduler", "executor"}
    what = f"the {wait.limit} alone" if lags else wait.limit
    return Rule(kind.code, kind.name, kind.layer, "waits").found(
        f"{what} kept {_held(wait)} waiting {format_duration(wait.seconds)},"
        f" {format_share(wait.share)} of all waiting",
        kind.advice.replace("{it}", wait.limit.partition(":")[2]),
        saved_s=wait.seconds,
        shown=[("waiting", f"{wait.seconds:.1f} s", _LAG if lags else _CAP)],
        about=About("waits", wait.limit, tuple(map(_named, wait.longest)), wait.begin, wait.end),
    )


def holding_limits(waits: Waits) -> tuple[Priced, ...]:
    """Return what held task instances and DAG runs longest, priced by the seconds charged to it.

    Once it is gone another limit may hold them next: the price is the most that mending this one saves.
    """
    return dearest_first(
        _finding(wait, _KINDS[kind])
        for wait in waits.by_limit
        if (kind := wait.limit.partition(":")[0]) in _KINDS
        and wait.share >= LEAST_SHARE
        and wait.seconds >= LEAST_S
    )
