"""A pool of forked processes that do not outlive the one that measures."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.pool import Pool

from airflow_tune.bench.measure.lifeline import die_with_parent


def forked_pool(workers: int) -> Pool:
    """Return a pool of `workers` processes, there already; as a context manager it ends them."""
    context = multiprocessing.get_context("fork")
    return context.Pool(workers, initializer=die_with_parent, initargs=(os.getpid(),))
