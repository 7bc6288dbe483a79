"""Where scenarios are played: beside one another here, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from airflow_tune.errors import SourceError, UsageError

CONNECT_S = 10


@contextmanager
def playing(jobs: int | None, dask: str | None) -> Iterator[Executor]:
    """Give what plays: the cluster at the address `dask`, else `jobs` at a time here.

    The compiled simulation leaves Python free while it plays, so that threads suffice; plain Python
    needs processes. Raises SourceError for a cluster that cannot be reached, UsageError without Dask.
    """
    if dask is not None:
        yield from _cluster(dask)
        return
    from airflow_tune.simulate.native import library

    with ThreadPoolExecutor(jobs) if library() or jobs == 1 else _processes(jobs) as executor:
        yield executor


def _processes(jobs: int | None) -> Executor:
    from multiprocessing import get_context

    # Forking a process that has threads is asking for a deadlock.
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))


def _cluster(address: str) -> Iterator[Executor]:
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "--dask needs Dask, which is not installed", remedy="pip install 'airflow-tune[dask]'"
        ) from None
    try:
        connect: Any = distributed.Client
        client = connect(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise SourceError(
            f"the Dask cluster could not be reached: {error}",
            where=f"--dask {address}",
            remedy="check the scheduler's address, such as tcp://host:8786",
        ) from None
    with client:
        yield client.get_executor(pure=False)
