"""What can be changed in a scenario, and what each change does to a situation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from airflow_tune.diagnose.waits.machinery import EXIT_S
from airflow_tune.errors import UsageError, nearest
from airflow_tune.executors import ExecutorKind
from airflow_tune.simulate.edit import edited
from airflow_tune.simulate.load import scaled
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.system import Executor, Workers

POOL = "pool:"
DAG = "dag:"
_DAG_LIMITS = {"max_active_tasks:": "max_active_tasks", "max_active_runs:": "max_active_runs"}
_TASK_LIMITS = {
    "max_active_tis_per_dag:": "max_active_tis_per_dag",
    "max_active_tis_per_dagrun:": "max_active_tis_per_dagrun",
}


class Change(NamedTuple):
    """One changed value: `name` is an option such as core.parallelism, `pool:NAME`, workers or load."""

    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Changes that are made together, under one name."""

    name: str
    changes: tuple[Change, ...]


def parse_change(text: str, *, where: str) -> Change:
    """Return the change that `text` ("core.parallelism=16") asks for; raises UsageError."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise UsageError(f'"{text}" is no change', where=where, remedy="write NAME=VALUE")
    return Change(name.strip(), value.strip())


def apply(situation: Situation, scenario: Scenario) -> Situation:
    """Return `situation` with the changes of `scenario`; raises UsageError for what cannot be."""
    seen: dict[str, str] = {}
    for change in scenario.changes:
        # One DAG may be edited several times.
        if not change.name.startswith(DAG) and seen.setdefault(change.name, change.value) != change.value:
            raise UsageError(
                f"{change.name} is to be {seen[change.name]} and {change.value} at once",
                remedy="give one value, or several scenarios",
            )
        situation = _one(situation, change)
    return situation


def _one(situation: Situation, change: Change) -> Situation:
    if change.name.startswith(POOL):
        return _pool(situation, change)
    if change.name.startswith(DAG):
        dag = change.name.removeprefix(DAG)
        return replace(situation, history=edited(situation.history, dag, change.value, where=str(change)))
    for prefixes, limited in ((_DAG_LIMITS, _dag_limit), (_TASK_LIMITS, _task_limit)):
        for prefix, field in prefixes.items():
            if change.name.startswith(prefix):
                return limited(situation, change, change.name.removeprefix(prefix), field)
    if change.name not in CHANGES:
        hint = nearest(change.name, [*CHANGES, f"{POOL}NAME", f"{DAG}NAME", *_DAG_LIMITS, *_TASK_LIMITS])
        raise UsageError(f"the model has nothing called {change.name}", where=str(change), remedy=hint)
    return CHANGES[change.name](situation, change)


def _whole(change: Change, *, least: int) -> int:
    try:
        value = int(change.value)
    except ValueError:
        raise UsageError(f'"{change.value}" is no whole number', where=str(change)) from None
    if value < least:
        raise UsageError(
            f"{change.name} cannot be {value}", where=str(change), remedy=f"the least is {least}"
        )
    return value


def _number(change: Change, *, above: float) -> float:
    try:
        value = float(change.value)
    except ValueError:
        raise UsageError(f'"{change.value}" is no number', where=str(change)) from None
    if not above < value < float("inf"):
        raise UsageError(f"{change.name} cannot be {change.value}", where=str(change))
    return value


def _pool(situation: Situation, change: Change) -> Situation:
    pools, name = situation.history.pools, change.name.removeprefix(POOL)
    if name not in pools.names:
        raise UsageError(
            f'no task used a pool "{name}"', where=str(change), remedy=nearest(name, pools.names)
        )
    slots = pools.slots.copy()
    slots[pools.names.index(name)] = _whole(change, least=-1)
    return replace(situation, history=replace(situation.history, pools=replace(pools, slots=slots)))


def _dag_limit(situation: Situation, change: Change, name: str, field: str) -> Situation:
    """Change the limit `field` of one DAG, spelled as limits are."""
    dags = situation.history.dags
    if name not in dags.names:
        raise UsageError(
            f'the history has no DAG "{name}"', where=str(change), remedy=nearest(name, dags.names)
        )
    limits = getattr(dags, field).copy()
    limits[dags.names.index(name)] = _whole(change, least=1)
    return replace(situation, history=replace(situation.history, dags=replace(dags, **{field: limits})))


def _task_limit(situation: Situation, change: Change, name: str, field: str) -> Situation:
    """Change the limit `field` of one task ("dag.task"); -1 takes it away."""
    history = situation.history
    names = [history.task_name(row) for row in range(len(history.tasks))]
    if name not in names:
        raise UsageError(f'the history has no task "{name}"', where=str(change), remedy=nearest(name, names))
    limits = getattr(history.tasks, field).copy()
    limits[names.index(name)] = _whole(change, least=-1)
    return replace(situation, history=replace(history, tasks=replace(history.tasks, **{field: limits})))


def _parallelism(situation: Situation, change: Change) -> Situation:
    zero = situation.history.version.zero_parallelism_is_unlimited
    return situation.with_system(parallelism=_whole(change, least=0 if zero else 1))


def _field(field: str, least: int) -> Callable[[Situation, Change], Situation]:
    def applied(situation: Situation, change: Change) -> Situation:
        return situation.with_system(**{field: _whole(change, least=least)})

    return applied


def _idle_sleep(situation: Situation, change: Change) -> Situation:
    return situation.with_system(idle_sleep_s=_number(change, above=0.0))


def _heartbeat(situation: Situation, change: Change) -> Situation:
    """Change how long a slot may stay busy after its task has ended: see `machinery.SLOT_TAIL_S`."""
    if not situation.history.version.api_serves_tasks:
        raise UsageError("Airflow 2 has no such option", where=str(change), remedy="leave it out")
    late = replace(situation.system.latencies, tail_slow_s=_number(change, above=0.0) + EXIT_S)
    return situation.with_system(latencies=late)


def _mini_scheduler(situation: Situation, change: Change) -> Situation:
    if not situation.history.version.has_mini_scheduler:
        raise UsageError("Airflow 3 has no mini-scheduler", where=str(change), remedy="leave it out")
    words = {"true": True, "false": False}
    if change.value.lower() not in words:
        raise UsageError(f'"{change.value}" is neither True nor False', where=str(change))
    return situation.with_system(mini_scheduler=words[change.value.lower()])


def _tasks_per_dag(situation: Situation, change: Change) -> Situation:
    """Change the DAGs that follow the setting: those whose limit is what the setting is now."""
    dags, value = situation.history.dags, _whole(change, least=1)
    limits = np.where(dags.max_active_tasks == situation.tasks_default, value, dags.max_active_tasks)
    return replace(situation, history=replace(situation.history, dags=replace(dags, max_active_tasks=limits)))


def _runs_per_dag(situation: Situation, change: Change) -> Situation:
    dags, value = situation.history.dags, _whole(change, least=1)
    limits = np.where(dags.max_active_runs == situation.runs_default, value, dags.max_active_runs)
    return replace(situation, history=replace(situation.history, dags=replace(dags, max_active_runs=limits)))


def _executors(
    situation: Situation, change: Change, kind: ExecutorKind, new: Callable[[Executor], Executor]
) -> Situation:
    """Return `situation` with `new` executors of `kind`; raises UsageError where there is none."""
    found = situation.system.executors
    if not any(executor.kind is kind for executor in found):
        names = ", ".join(executor.kind.value for executor in found)
        raise UsageError(f"{change.name} says nothing to {names}", where=str(change), remedy="leave it out")
    return situation.with_system(
        executors=tuple(new(executor) if executor.kind is kind else executor for executor in found)
    )


def _workers(situation: Situation, change: Change) -> Situation:
    count = _whole(change, least=1)

    def new(executor: Executor) -> Executor:
        if len(executor.workers) > 1:
            raise UsageError(
                f"there are {len(executor.workers)} groups of workers",
                where=str(change),
                remedy="change the deployment file, and compare the two",
            )
        return replace(executor, workers=tuple(replace(group, count=count) for group in executor.workers))

    return _executors(situation, change, ExecutorKind.CELERY, new)


def _groups(situation: Situation, change: Change, new: Callable[[Workers], Workers]) -> Situation:
    return _executors(
        situation,
        change,
        ExecutorKind.CELERY,
        lambda executor: replace(executor, workers=tuple(map(new, executor.workers))),
    )


def _concurrency(situation: Situation, change: Change) -> Situation:
    slots = _whole(change, least=1)

    def new(group: Workers) -> Workers:
        return replace(group, concurrency=slots, reserve=max(group.reserve // group.concurrency, 1) * slots)

    return _groups(situation, change, new)


def _autoscale(situation: Situation, change: Change) -> Situation:
    """Take autoscale for its maximum: workers grow to it within seconds of a backlog."""
    parts = change.value.split(",")
    numbers = [_whole(Change(change.name, part.strip()), least=0) for part in parts]
    return _concurrency(situation, Change(change.name, str(max(numbers))))


def _prefetch(situation: Situation, change: Change) -> Situation:
    times = _whole(change, least=1)
    return _groups(situation, change, lambda group: replace(group, reserve=times * group.concurrency))


def _pods(situation: Situation, change: Change) -> Situation:
    pods = _whole(change, least=1)
    return _executors(
        situation, change, ExecutorKind.KUBERNETES, lambda executor: replace(executor, pods_per_loop=pods)
    )


def _executor(situation: Situation, change: Change) -> Situation:
    """Replace all executors by one; Celery keeps the workers it has, else gets one of the present size."""
    kinds = {kind.value: kind for kind in ExecutorKind if kind is not ExecutorKind.OTHER}
    if change.value not in kinds:
        raise UsageError(
            f'"{change.value}" is no executor', where=str(change), remedy=nearest(change.value, kinds)
        )
    kind = kinds[change.value]
    kept = [executor for executor in situation.system.executors if executor.kind is kind]
    slots = situation.host_slots
    workers = (Workers(1, slots, slots),) if kind is ExecutorKind.CELERY else ()
    one = kept[0] if kept else Executor(kind, workers)
    rows = tuple(0 for _ in situation.executor_rows)
    return replace(situation.with_system(executors=(one,)), executor_rows=rows)


def _load(situation: Situation, change: Change) -> Situation:
    return replace(situation, history=scaled(situation.history, _number(change, above=0.0)))


CHANGES: Mapping[str, Callable[[Situation, Change], Situation]] = {
    "core.parallelism": _parallelism,
    "core.max_active_tasks_per_dag": _tasks_per_dag,
    "core.max_active_runs_per_dag": _runs_per_dag,
    "core.executor": _executor,
    "scheduler.max_tis_per_query": _field("max_tis_per_query", 0),
    "scheduler.scheduler_idle_sleep_time": _idle_sleep,
    "scheduler.max_dagruns_to_create_per_loop": _field("runs_created", 1),
    "scheduler.max_dagruns_per_loop_to_schedule": _field("runs_examined", 1),
    "scheduler.schedule_after_task_execution": _mini_scheduler,
    "workers.min_heartbeat_interval": _heartbeat,
    "celery.worker_concurrency": _concurrency,
    "celery.worker_autoscale": _autoscale,
    "celery.worker_prefetch_multiplier": _prefetch,
    "kubernetes_executor.worker_pods_creation_batch_size": _pods,
    "schedulers": _field("schedulers", 1),
    "workers": _workers,
    "load": _load,
}
"""What a scenario may change, beside `pool:NAME`."""
