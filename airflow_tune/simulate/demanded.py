"""What work asks of its hosts, by the profile: the class of each task, and the cores left for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from airflow_tune.diagnose.past.mix import ANY_KIND, kind_of
from airflow_tune.diagnose.taskhost import TaskHost, task_hosts
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.column import Codes
from airflow_tune.history.model import History
from airflow_tune.installation.model import Installation
from airflow_tune.simulate.relief import alone
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.system import Demand, Executor

MIXED = "mixed"
"""The class of tasks whose operator may do anything: the mean of the profile's mix."""
LEAST_CORES = 0.1


def demands(installation: Installation) -> tuple[Demand, ...]:
    """Return what each class of the profile asks of a host, Airflow's own part of each task with it.

    That part is CPU seconds of a task's processes, and with LocalExecutor of scheduler and API server, which
    share the host; spread over how long a task of the class typically runs.
    """
    profile, own = installation.profile, installation.footprint
    local = installation.runs(ExecutorKind.LOCAL)
    cpu_s = own.task_cpu_s.value + (own.control_cpu_s_per_task.value if local else 0.0)
    process = own.task_process_bytes.value
    found = [
        Demand(
            one.name,
            one.cpu_share.value + cpu_s / one.duration_s.value,
            process + one.memory_bytes.value,
        )
        for one in profile.classes
    ]
    mean = profile.mean_cpu_share() + cpu_s / profile.typical_duration_s()
    return (*found, Demand(MIXED, mean, process + profile.memory_per_task_bytes()))


def classes_of(history: History, found: tuple[Demand, ...], known: Mapping[tuple[str, str], str]) -> Codes:
    """Return the row in `found` for each task of `history`: as `known` says, else by its operator's name."""
    rows = {one.name: row for row, one in enumerate(found)}
    names = [kind_of(operator) for operator in history.operators]
    by_operator = np.array([rows[MIXED if name == ANY_KIND else name] for name in names] + [rows[MIXED]])
    of_task = np.full(len(history.tasks), rows[MIXED])
    of_task[history.tries.task] = by_operator[history.tries.operator]
    for row, (dag, name) in enumerate(zip(history.tasks.dag.tolist(), history.tasks.names, strict=True)):
        kind = known.get((history.dags.names[dag], name))
        if kind is not None:
            of_task[row] = rows[kind]
    return of_task.astype(np.int8)


def _cores(host: TaskHost) -> float:
    return max(host.cores.value - host.reserve.cores, LEAST_CORES)


def _with_cores(executor: Executor, hosts: tuple[TaskHost, ...]) -> Executor:
    """Return `executor` with the cores of the hosts that run its tasks; without limit where none is known."""
    own = [host for host in hosts if host.kind is executor.kind]
    if executor.kind is not ExecutorKind.CELERY:
        return replace(executor, cores=_cores(own[0])) if own else executor
    same = len(own) == len(executor.workers)
    groups = [
        replace(group, cores=_cores(own[at if same else 0])) if own else group
        for at, group in enumerate(executor.workers)
    ]
    return replace(executor, workers=tuple(groups))


def shared(
    installation: Installation, situation: Situation, known: Mapping[tuple[str, str], str]
) -> Situation:
    """Return `situation` whose work shares the cores of its hosts; `known` are classes by dag_id and task."""
    found, hosts = demands(installation), task_hosts(installation)
    executors = tuple(_with_cores(one, hosts) for one in situation.system.executors)
    classes = classes_of(situation.history, found, known)
    return replace(situation.with_system(executors=executors, demands=found), classes=classes, fits=())


def undone(situation: Situation) -> Situation:
    """Return `situation`, which is of the past, with what its tries would have taken alone."""
    cores = min(situation.system.hosts(), default=np.inf)
    asked = np.array([one.cores for one in situation.system.demands])
    return replace(situation, history=alone(situation.history, situation.classes, asked, cores))
