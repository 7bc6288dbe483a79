"""What `airflow-tune bench` does once its flags are read: check what was given, measure, judge, print."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_tune.cli.output import emit, look, say
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from airflow_tune.bench.measure.plan import Plan
    from airflow_tune.bench.workload import Length, Wishes
    from airflow_tune.cli.bench_report import BenchFormat
    from airflow_tune.host import Host


@dataclass(frozen=True, slots=True)
class Asked:
    """The flags of `bench` as they were given."""

    only: Sequence[str]
    skip: Sequence[str]
    quick: bool
    rigorous: bool
    db_url: str | None
    redis_url: str | None
    airflow_python: Path | None
    dags: Path | None
    callable: str | None
    timeout: str | None


def measure(asked: Asked, report_format: BenchFormat, output: Path | None) -> bool:
    """Measure what was asked for and print it; return False where the user stopped it.

    Raises UsageError for flags that do not fit, SourceError for a URL that cannot be reached, and BenchError
    for a callable or a Python that is none.
    """
    from airflow_tune.bench.measure.interrupt import stopping
    from airflow_tune.bench.measure.run import run
    from airflow_tune.cli.bench_report import rendered
    from airflow_tune.cli.progress import time_left
    from airflow_tune.host import read_host

    host = read_host()
    plan = _plan(asked, host)
    with stopping() as stop:
        with time_left() as told:
            suite = run(plan, host, stop, told)
        stopped = stop.asked()
        emit(rendered(suite, report_format, output), output)
    if stopped:
        say("interrupted: what was found so far is what is shown")
    return not stopped


def _plan(asked: Asked, host: Host) -> Plan:
    from airflow_tune.bench.catalog import choose
    from airflow_tune.bench.given import check
    from airflow_tune.bench.measure.plan import Plan
    from airflow_tune.units import parse_duration

    timeout_s = None if asked.timeout is None else parse_duration(asked.timeout, where="--timeout")
    if timeout_s == 0:
        raise UsageError(
            "nothing can be measured in no time", where="--timeout", remedy="give one such as 20s"
        )
    if asked.dags and not asked.airflow_python:
        raise UsageError(
            "parsing DAG files takes an Airflow", where="--dags", remedy="name its Python by --airflow-python"
        )
    wishes = _wishes(asked, host)
    workloads = choose(asked.only, asked.skip, wishes)
    check(wishes, timeout_s)
    return Plan.of(workloads, wishes, timeout_s)


def _wishes(asked: Asked, host: Host) -> Wishes:
    from airflow_tune.bench.workload import Wishes

    python = asked.airflow_python
    return Wishes(
        length=_length(asked),
        cores=host.cores.value,
        memory_bytes=host.memory_bytes.value,
        db_url=asked.db_url or "",
        redis_url=asked.redis_url or "",
        # Not resolved: a virtual environment's Python is a link, and which one is called decides.
        airflow_python=os.path.abspath(python) if python else "",  # noqa: PTH100
        dags=str(asked.dags.absolute()) if asked.dags else "",
        callable=asked.callable or "",
        callable_root=str(Path.cwd()),
    )


def _length(asked: Asked) -> Length:
    from airflow_tune.bench.workload import Length

    if asked.quick and asked.rigorous:
        raise UsageError("--quick and --rigorous exclude each other", remedy="give one of them")
    return Length.QUICK if asked.quick else Length.RIGOROUS if asked.rigorous else Length.DEFAULT


def listed(report_format: str, output: Path | None) -> str:
    """Return the workloads there are, each with its question."""
    from airflow_tune.bench.catalog import NAMES, workload
    from airflow_tune.report import bench_list as report

    found = [workload(name) for name in NAMES]
    if report_format == "json":
        return report.list_json_text(found)
    page = look(output)
    return report.list_text(found, width=page.width, colour=page.colour)
