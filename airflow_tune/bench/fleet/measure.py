"""A fleet measured: the run triggered or found, waited for, collected and judged."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from airflow_tune import __version__
from airflow_tune.api.access import Access
from airflow_tune.bench.fleet.dag import DAG_ID
from airflow_tune.bench.fleet.odd import odd, speeds
from airflow_tune.suite.fleet import Fleet, Told, worker_name


def measured(
    access: Access, run_id: str | None, options: Sequence[str], timeout_s: float, told: Told
) -> Fleet:
    """Return what the run `run_id` found on the workers, or a new one with `options` for `bench`.

    Raises SourceError where the server stays away, refuses or knows no such DAG, BenchError where the run
    is not there or takes longer than `timeout_s` seconds.
    """
    # Imports the extra `api`, which few runs have a use for.
    from airflow_tune.api.session import Session  # noqa: PLC0415
    from airflow_tune.bench.fleet.collect import collect, trigger, wait  # noqa: PLC0415

    with closing(Session(access)) as session:
        run = run_id or trigger(session, options)
        wait(session, run, timeout_s, _changes(told))
        slots = collect(session, run)
    ratios = {worker_name(*place): ratio for place, ratio in speeds(slots).items()}
    return Fleet(__version__, access.base, DAG_ID, run, slots, odd(slots), ratios)


def _changes(told: Told) -> Told:
    """Return what tells of states only when they have changed."""
    last: list[dict[str, int]] = []

    def tell(counts: dict[str, int]) -> None:
        if counts not in last[-1:]:
            last.append(counts)
            told(counts)

    return tell
