"""What runs a workload: the scheduler's rules and caps, its executors and workers, and their latencies."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from airflow_tune.executors import ExecutorKind

PIPE_TASKS = 35
"""How many task instances fit into the pipe between scheduler and LocalExecutor workers in 3.x.

Measured on 3.3.2: seven times the scheduler stood still until 33-36 were left in `queued`. A pipe of
Linux holds 64 KiB, a task instance about 1.8 KB.
"""
EXAMINE_SHARE, CHOOSE_SHARE = 0.4, 0.9
MOST_RUNS_EXAMINED = 20
MOST_RUNS_CREATED = 10


@dataclass(frozen=True, slots=True)
class Demand:
    """What one stint of a class of work asks of its host: `cores` on the mean, and `bytes` of memory."""

    name: str
    cores: float
    bytes: float


@dataclass(frozen=True, slots=True)
class Workers:
    """`count` workers of one kind: each runs `concurrency` task instances from `queues` (all where empty).

    `reserve` is how many messages one worker holds, running ones included. `cores` are those of one worker's
    host that are left for tasks.
    """

    count: int
    concurrency: int
    reserve: int = 0
    queues: tuple[str, ...] = ()
    cores: float = math.inf


@dataclass(frozen=True, slots=True)
class Executor:
    """One executor of every scheduler. `workers` are those of CeleryExecutor.

    `pods_per_loop` is of KubernetesExecutor, whose pods share no cores. `cores` are those that a scheduler's
    host has left for the tasks of its LocalExecutor.
    """

    kind: ExecutorKind
    workers: tuple[Workers, ...] = ()
    pods_per_loop: int = 1
    cores: float = math.inf


@dataclass(frozen=True, slots=True)
class Latencies:
    """Times of the machinery in seconds; each tuple holds quantiles at even steps from 0 to 1.

    `body` is one pass of the scheduler's loop without its sleep. At `examine_share` of it DAG runs
    have been examined, at `choose_share` task instances are queued. `start` is from a free slot to
    start_date. A slot stays busy after end_date for `tail_fast`, or with `tail_slow_share` for
    `tail_slow_s`. `fire` is from a trigger's event to scheduled.
    """

    body: tuple[float, ...]
    start: tuple[float, ...]
    tail_fast: tuple[float, ...]
    tail_slow_share: float
    tail_slow_s: float
    examine_share: float = EXAMINE_SHARE
    choose_share: float = CHOOSE_SHARE


@dataclass(frozen=True, slots=True)
class System:
    """Everything beside the workload.

    `parallelism` is of one scheduler, 0 for unlimited. `limits_per_run`, `counts_deferred`,
    `mini_scheduler` and `fewest_runs_first` are what the version does; `fifo` says that LocalExecutor
    does not bound what is queued, and `pipe` how many task instances its pipe holds (0: any number).
    Where there are `demands`, work shares the cores of its host; each row is a class of work.
    """

    executors: tuple[Executor, ...]
    parallelism: int
    latencies: Latencies
    schedulers: int = 1
    max_tis_per_query: int = 16
    idle_sleep_s: float = 1.0
    runs_created: int = MOST_RUNS_CREATED
    runs_examined: int = MOST_RUNS_EXAMINED
    limits_per_run: bool = True
    counts_deferred: bool = True
    mini_scheduler: bool = False
    fewest_runs_first: bool = True
    fifo: bool = True
    pipe: int = field(default=PIPE_TASKS)
    demands: tuple[Demand, ...] = ()

    def hosts(self) -> tuple[float, ...]:
        """Return the cores of each host that tasks share, in the order in which workers are hired."""
        found: list[float] = []
        for scheduler in range(self.schedulers):
            for executor in self.executors:
                if executor.kind is ExecutorKind.CELERY and not scheduler:
                    found += [group.cores for group in executor.workers for _ in range(group.count)]
                elif executor.kind not in (ExecutorKind.CELERY, ExecutorKind.KUBERNETES):
                    found.append(executor.cores)
        return tuple(found)
