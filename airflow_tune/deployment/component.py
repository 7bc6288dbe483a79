"""What runs: components of Airflow and groups of workers, each with the size of one instance."""

from __future__ import annotations

import math
from dataclasses import dataclass

from airflow_tune.measured import Measured

# Keeps 0.3 cores from holding only two pods of 0.1 because of how binary fractions round.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Size:
    """Cores and bytes of memory of one thing: a machine, a container, a pod's request."""

    cores: Measured[float]
    memory_bytes: Measured[int]


@dataclass(frozen=True, slots=True)
class Component:
    """Equal instances of one of Airflow's components; `cores` and `memory_bytes` are of each instance.

    With `shares_host` they are what it may use of the deployment's one host beside all others that
    share it, and must not be added up. `workers` are the processes of each API server (webserver in
    2.x), None where Airflow's settings decide.
    """

    count: Measured[int]
    cores: Measured[float]
    memory_bytes: Measured[int]
    shares_host: bool = False
    workers: Measured[int] | None = None


@dataclass(frozen=True, slots=True)
class WorkerGroup:
    """Equal workers: Celery hosts, or for Kubernetes the nodes (or one quota) that task pods run on.

    `queues` is empty where the group serves the default queue only; `executor` is None for the default
    one; `pod` is what each task pod requests; `concurrency` is what Celery workers of this group are started
    with, None where `[celery] worker_concurrency` decides.
    """

    name: str
    count: Measured[int]
    cores: Measured[float]
    memory_bytes: Measured[int]
    queues: tuple[str, ...] = ()
    executor: str | None = None
    pod: Size | None = None
    shares_host: bool = False
    concurrency: Measured[int] | None = None

    @property
    def pods_per_worker(self) -> int | None:
        """Return how many task pods fit on one node by their requests; None without a pod's size.

        min(cores / pod's cores, memory / pod's memory), rounded down, as the Kubernetes scheduler
        counts requests.
        """
        if self.pod is None:
            return None
        by_cores = math.floor(self.cores.value / self.pod.cores.value + _ROUNDING)
        return min(by_cores, self.memory_bytes.value // self.pod.memory_bytes.value)
