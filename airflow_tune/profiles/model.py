"""A workload profile: what its tasks need, what is to stay free, and where each number is from.

These are named tuples, since ten frozen dataclasses would take longer to define than to read a profile.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from airflow_tune.measured import Measured
from airflow_tune.origins import Origin

CLASSES = ("cpu", "io", "database", "api", "memory-heavy", "waiting")
# The class `waiting` has no pool: sensors are to wait without a slot, not for one.
POOLS = ("cpu", "io", "memory-heavy", "api", "database")

# The optimization guide's worker_concurrency: so many tasks share a worker's memory.
PLANNED_SLOTS = 8
# One-sided 99 % of the normal distribution.
_SIGMAS_OF_99_PERCENT = 2.33


@dataclass(frozen=True, slots=True)
class Sourced(Measured[float]):
    """A number of a profile: `source` says in words why it is what it is, `origin` where it stands."""

    source: str


class TaskClass(NamedTuple):
    """What task instances of one kind need.

    `share` is their share (0..1) of the task instances that run at a busy moment. `memory_bytes` is
    the peak that a task's data adds to its bare process, `cpu_share` the mean cores used while it
    runs, `duration_s` how long one typically runs and `longest_s` how long the longest is expected to.
    """

    name: str
    share: Sourced
    memory_bytes: Sourced
    cpu_share: Sourced
    duration_s: Sourced
    longest_s: Sourced


class Headroom(NamedTuple):
    """Shares (0..1) of memory, cores and DB connections that stay free."""

    memory: Sourced
    cpu: Sourced
    connections: Sourced


class Limits(NamedTuple):
    """Share of the parallelism for one DAG, runs of one DAG, tasks before a worker process is renewed."""

    dag_share: Sourced
    active_runs: Sourced
    tasks_per_child: Sourced


class Pools(NamedTuple):
    """Pool slots by class for every `per_cores` cores, and by what share default_pool is oversized."""

    base: Mapping[str, Sourced]
    per_cores: Sourced
    default_headroom: Sourced


class Parsing(NamedTuple):
    """Seconds to parse one DAG file, and the share of the DAG processor's cores for re-parsing."""

    seconds_per_file: Sourced
    cpu_share_max: Sourced


class Scheduling(NamedTuple):
    """What the scheduler may cost.

    `hop_share_max`: share of a typical task's duration that it may wait for the scheduler's idle
    sleep; `pod_create_s`: seconds to create one pod; `scheduler_cpu_share_max`: share of a core that
    an idle scheduler may use.
    """

    hop_share_max: Sourced
    pod_create_s: Sourced
    scheduler_cpu_share_max: Sourced


class Triggers(NamedTuple):
    """How many task instances are deferred at a time at most; 0 where none is expected."""

    deferred_peak: Sourced


class Threshold(NamedTuple):
    """From where on to warn, and from where on it is critical."""

    warn: Sourced
    critical: Sourced


class Thresholds(NamedTuple):
    """Alert thresholds: `execution_time` in seconds, the others as shares 0..1."""

    execution_time: Threshold
    memory: Threshold
    cpu: Threshold
    error_rate: Threshold


class Profile(NamedTuple):
    """A workload profile as loaded; `extends` names its parents, nearest first."""

    name: str
    description: str
    origin: Origin
    extends: tuple[str, ...]
    classes: tuple[TaskClass, ...]
    headroom: Headroom
    limits: Limits
    pools: Pools
    parsing: Parsing
    scheduling: Scheduling
    triggers: Triggers
    thresholds: Thresholds

    def task_class(self, name: str) -> TaskClass:
        """Return the class of this name, one of CLASSES."""
        return next(one for one in self.classes if one.name == name)

    def mean_cpu_share(self) -> float:
        """Return the mean cores that a running task uses: Σ share × cpu_share."""
        return sum(one.share.value * one.cpu_share.value for one in self.classes)

    def memory_per_task_bytes(self) -> int:
        """Return the mean memory of a running task beyond its bare process: Σ share × memory."""
        return round(sum(one.share.value * one.memory_bytes.value for one in self.classes))

    def memory_high_bytes(self, slots: int = PLANNED_SLOTS) -> int:
        """Return the memory to plan for each of `slots` slots of a host, so that 99 % of mixes fit.

        min(mean + 2.33 × stdev / √slots, largest): each slot holds a class by its share, so the sum
        over n slots has the mean n × mean and the stdev √n × stdev (central limit theorem, good from
        some eight slots on); no slot ever needs more than the largest class in use.
        """
        mean = self.memory_per_task_bytes()
        spread = sum(one.share.value * (one.memory_bytes.value - mean) ** 2 for one in self.classes)
        planned = mean + _SIGMAS_OF_99_PERCENT * math.sqrt(spread / slots)
        return math.ceil(min(planned, max(one.memory_bytes.value for one in self._used())))

    def typical_duration_s(self) -> float:
        """Return the mean duration of a task instance: 1 / Σ (share / duration).

        Shares are of running task instances, so by Little's law a class starts share / duration of
        them a second; waiting sensors count as the task instances that they are.
        """
        return 1 / sum(one.share.value / one.duration_s.value for one in self.classes)

    def longest_s(self) -> float:
        """Return how long the longest task is expected to run, over the classes with a share."""
        return max(one.longest_s.value for one in self._used())

    def _used(self) -> tuple[TaskClass, ...]:
        return tuple(one for one in self.classes if one.share.value > 0)
