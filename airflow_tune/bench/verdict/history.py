"""All results in a folder, told by host and in order of time; files that are none are named, not fatal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from airflow_tune.bench.verdict.course import Course, judge_courses
from airflow_tune.errors import BenchError
from airflow_tune.suite.document import read_suite
from airflow_tune.suite.model import Suite, VariantResult


@dataclass(frozen=True, slots=True)
class Result:
    """A result and the name of its file."""

    file: str
    suite: Suite


@dataclass(frozen=True, slots=True)
class HostHistory:
    """The results of one host with one Python, oldest first, and the course of each variant."""

    host: str
    results: tuple[Result, ...]
    courses: tuple[Course, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What a folder holds; `skipped` are (file, why it is no result)."""

    folder: str
    hosts: tuple[HostHistory, ...]
    skipped: tuple[tuple[str, str], ...]


def read_history(folder: Path) -> History:
    """Return the history of the results (*.json) in `folder`; raises BenchError where there is none."""
    if not folder.is_dir():
        raise BenchError(
            "this is no folder", where=str(folder), remedy="name one that holds results of `bench -o FILE`"
        )
    results, skipped = [], []
    for path in sorted(folder.glob("*.json")):
        suite, why = _read(path)
        if suite:
            results.append(Result(path.name, suite))
        else:
            skipped.append((path.name, why))
    if not results:
        told = f": {skipped[0][0]}: {skipped[0][1]}" if skipped else ""
        raise BenchError(
            f"no result of bench (*.json) is here{told}",
            where=str(folder),
            remedy="write one with `airflow-tune bench --format json -o FILE`",
        )
    return History(str(folder), _by_host(results), tuple(skipped))


def _read(path: Path) -> tuple[Suite | None, str]:
    try:
        return read_suite(path), ""
    except BenchError as error:
        return None, error.tried


def _by_host(results: Sequence[Result]) -> tuple[HostHistory, ...]:
    groups: dict[str, list[Result]] = {}
    for one in sorted(results, key=lambda one: one.suite.started_at):
        machine = one.suite.machine
        cores = f"{machine.cores:g} of {machine.cpu or machine.architecture}"
        name = f"{machine.hostname} ({cores}, {machine.python})"
        groups.setdefault(name, []).append(one)
    return tuple(HostHistory(name, tuple(found), _courses(found)) for name, found in groups.items())


def _courses(results: Sequence[Result]) -> tuple[Course, ...]:
    named = {
        (work.name, variant.name): work.unit
        for one in results
        for work in one.suite.workloads
        for variant in work.variants
    }
    return judge_courses(
        [
            Course(work, variant, unit, tuple(_unit_s(one.suite, work, variant) for one in results))
            for (work, variant), unit in named.items()
        ]
    )


def _unit_s(suite: Suite, workload: str, name: str) -> float | None:
    work = suite.workload(workload)
    found: VariantResult | None = work.variant(name) if work else None
    return median(found.kept_s) / found.scale if found and found.kept_s else None
