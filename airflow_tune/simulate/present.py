"""The situation at hand: what an installation's settings, its deployment and its past say of the system."""

from __future__ import annotations

from dataclasses import replace

from airflow_tune.deployment.component import WorkerGroup
from airflow_tune.diagnose.db_wait import scheduler_db_wait
from airflow_tune.diagnose.past.contention import Contention
from airflow_tune.diagnose.taskhost import celery_slots, group_kind
from airflow_tune.diagnose.waits.installed import machinery_of
from airflow_tune.diagnose.waits.machinery import EXIT_S, Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.column import distinct
from airflow_tune.history.joined import joined
from airflow_tune.history.model import History
from airflow_tune.installation.model import Installation
from airflow_tune.installation.past import Past
from airflow_tune.settings.settings import Settings
from airflow_tune.simulate.calibrate import Calibration, calibrate, uncalibrated
from airflow_tune.simulate.modelled.build import Modelled
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.stretch import certain_fits
from airflow_tune.simulate.system import Executor, Latencies, System, Workers
from airflow_tune.units import format_duration


def _integer(settings: Settings, section: str, option: str, default: int) -> int:
    value = settings.integer(section, option)
    return default if value is None else value


def _hosts(history: History) -> int:
    """Return on how many hosts tries ran."""
    host = history.tries.host
    return len(distinct(host[host >= 0]))


def _reserve(installation: Installation, slots: int) -> int:
    """Return how many messages a Celery worker of `slots` holds: those that run are among them.

    celery.task_acks_late, which Airflow sets, counts a message until its task has ended.
    """
    multiplier = _integer(installation.settings, "celery", "worker_prefetch_multiplier", 1)
    return max(multiplier, 1) * slots


def _group(installation: Installation, group: WorkerGroup) -> Workers:
    slots = (group.concurrency or celery_slots(installation)).value
    return Workers(group.count.value, slots, _reserve(installation, slots), group.queues)


def _celery(installation: Installation, past: Past, machinery: Machinery) -> tuple[tuple[Workers, ...], str]:
    """Return the workers of CeleryExecutor, and a note where they had to be guessed."""
    if not past.machinery and not installation.deployment.assumed:
        groups = [
            _group(installation, group)
            for group in installation.deployment.workers
            if group_kind(installation, group) is ExecutorKind.CELERY
        ]
        if groups:
            return tuple(groups), ""
    hosts = max(_hosts(past.history), 1)
    if machinery.worker_slots:
        each, rest = divmod(machinery.worker_slots, hosts)
        count, slots = (hosts, each) if not rest else (1, machinery.worker_slots)
        return (Workers(count, slots, _reserve(installation, slots)),), ""
    slots = celery_slots(installation).value
    note = f"workers are taken from the hosts in the history: {hosts} × {slots} (--deployment says better)"
    if not _hosts(past.history):
        note = f"one worker of {slots} slots is assumed (--deployment says better)"
    return (Workers(hosts, slots, _reserve(installation, slots)),), note


def _executors(
    installation: Installation, past: Past, machinery: Machinery
) -> tuple[tuple[Executor, ...], list[str]]:
    kinds = [machinery.executor] if past.machinery else [executor.kind for executor in installation.executors]
    found, notes = [], []
    for kind in kinds:
        workers, note = _celery(installation, past, machinery) if kind is ExecutorKind.CELERY else ((), "")
        if kind is ExecutorKind.OTHER:
            note = "an executor that is not known is taken to run whatever it is given at once"
        notes += [note] if note else []
        section, option = "kubernetes_executor", "worker_pods_creation_batch_size"
        pods = _integer(installation.settings, section, option, 1) if kind is ExecutorKind.KUBERNETES else 1
        found.append(Executor(kind, workers, max(pods, 1)))
    return tuple(found), notes


def _rows(installation: Installation, history: History, executors: int) -> tuple[int, ...]:
    """Return the executor that each name in the history stands for; the first for one that is not there."""
    known: dict[str, int] = {}
    for row, executor in enumerate(installation.executors[:executors]):
        for name in (executor.alias, executor.name, executor.name.rpartition(".")[2]):
            known.setdefault(name, row)
    return tuple(known.get(name, 0) for name in history.executors)


def _slowed(fit: Contention) -> str:
    return f"{fit.where}: work takes longer the more of it runs (κ = {fit.kappa:.2g}), and is played so"


def present(installation: Installation, past: Past) -> tuple[Situation, Calibration, tuple[str, ...]]:
    """Return the situation that `past` happened in, its machinery's times, and notes on what is guessed."""
    machinery = machinery_of(installation, past)
    calibration = calibrate(
        past.history,
        idle_sleep_s=_idle_sleep_s(installation),
        schedulers=machinery.schedulers,
        tail_s=machinery.heartbeat_s + EXIT_S,
    )
    situation, notes = _situation(installation, past, machinery, calibration.latencies)
    fits = certain_fits(past.history)
    return replace(situation, fits=fits), calibration, (*notes, *map(_slowed, fits))


def modelled(installation: Installation, made: Modelled) -> tuple[Situation, Calibration, tuple[str, ...]]:
    """Return the situation in which `made` would run, with times as measured elsewhere, and notes."""
    past = Past(made.history, "", None)
    machinery = machinery_of(installation, past)
    wait = scheduler_db_wait(installation)
    calibration = uncalibrated(
        made.history.version,
        tail_s=machinery.heartbeat_s + EXIT_S,
        db_wait_s=wait.value if wait else 0.0,
    )
    situation, notes = _situation(installation, past, machinery, calibration.latencies)
    farther = [f"loop_body_s holds {format_duration(wait.value)} more: {wait.origin}"] if wait else []
    return situation, calibration, (*notes, *farther)


def grown(installation: Installation, situation: Situation, made: Modelled) -> Situation:
    """Return `situation` with the DAGs of `made` beside those of its history."""
    history = joined(situation.history, made.history)
    rows = _rows(installation, history, len(situation.system.executors))
    return replace(situation, history=history, executor_rows=rows)


def _idle_sleep_s(installation: Installation) -> float:
    sleep = installation.settings.number("scheduler", "scheduler_idle_sleep_time")
    return 1.0 if sleep is None else max(sleep, 0.0)


def _situation(
    installation: Installation, past: Past, machinery: Machinery, latencies: Latencies
) -> tuple[Situation, list[str]]:
    settings = installation.settings
    executors, notes = _executors(installation, past, machinery)
    situation = Situation(
        past.history,
        _system(installation, past, machinery, executors, latencies),
        _rows(installation, past.history, len(executors)),
        _integer(settings, "core", "max_active_tasks_per_dag", 16),
        _integer(settings, "core", "max_active_runs_per_dag", 16),
        celery_slots(installation).value,
    )
    return situation, notes


def _system(
    installation: Installation,
    past: Past,
    machinery: Machinery,
    executors: tuple[Executor, ...],
    latencies: Latencies,
) -> System:
    settings, version = installation.settings, past.history.version
    mini = version.has_mini_scheduler and settings.boolean("scheduler", "schedule_after_task_execution")
    return System(
        executors,
        machinery.parallelism,
        latencies,
        schedulers=machinery.schedulers,
        max_tis_per_query=_integer(settings, "scheduler", "max_tis_per_query", 16),
        idle_sleep_s=_idle_sleep_s(installation),
        runs_created=_integer(settings, "scheduler", "max_dagruns_to_create_per_loop", 10),
        runs_examined=_integer(settings, "scheduler", "max_dagruns_per_loop_to_schedule", 20),
        limits_per_run=version.limits_active_tasks_per_run,
        counts_deferred=version.task_limits_count_deferred,
        mini_scheduler=bool(mini),
        fewest_runs_first=version.starts_runs_of_idle_dags_first,
        fifo=not version.local_executor_bounds_queued,
    )
