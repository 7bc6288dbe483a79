"""Which workloads there are, and which of them a run measures."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from airflow_tune.bench.workload import Wishes, Workload
from airflow_tune.errors import UsageError, nearest

# In the order of the report. Each is a module in bench/workloads/ that holds a WORKLOAD.
NAMES = (
    "airflow-start",
    "cache",
    "callable-batch",
    "callable-processes",
    "chunk-size",
    "cpu-affinity",
    "cpu-native",
    "cpu-python",
    "dag-parse",
    "db-commit",
    "db-concurrency",
    "db-connect",
    "db-write",
    "file-read",
    "file-sync",
    "file-write",
    "http-connection",
    "io-asyncio",
    "io-threads",
    "list-vs-generator",
    "memory-growth",
    "partition",
    "pickle-payload",
    "process-batch",
    "redis-cache",
    "sqlite-commit",
    "sqlite-connect",
    "sqlite-write",
    "start-method",
    "start-up",
    "temp-files",
    "write-lines",
)

_OF_CALLABLE = ("callable-batch", "callable-processes")


def workload(name: str) -> Workload:
    """Return the workload that is called `name`, one of NAMES."""
    found: Workload = import_module(f"airflow_tune.bench.workloads.{name.replace('-', '_')}").WORKLOAD
    return found


def choose(only: Sequence[str], skip: Sequence[str], wishes: Wishes) -> tuple[Workload, ...]:
    """Return the workloads that `only` names, without those that `skip` names.

    Where `only` names none it is all of them; but who named a function wants to know about that.
    Raises UsageError for a name that is not known, and where none is left.
    """
    for flag, names in (("--only", only), ("--skip", skip)):
        for name in names:
            if name not in NAMES:
                raise UsageError(
                    f'there is no workload "{name}"',
                    where=flag,
                    remedy=f"{nearest(name, NAMES)}; `airflow-tune bench --list` shows all",
                )
    wanted = only or (_OF_CALLABLE if wishes.callable else NAMES)
    chosen = tuple(name for name in NAMES if name in wanted and name not in skip)
    if not chosen:
        raise UsageError("no workload is left to measure", where="--skip", remedy="skip fewer")
    return tuple(map(workload, chosen))
