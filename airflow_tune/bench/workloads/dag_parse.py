"""How long Airflow takes to parse DAG files, and what in them costs: the imports of each.

Each file is imported in a forked child of a process that has Airflow loaded, as the DAG processor does. Which
files are dearest is found out once, before the first round.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from airflow_tune.bench.kit.airflow.ask import Airflow, running
from airflow_tune.bench.kit.airflow.home import sample_dag, shared_home, users_environment
from airflow_tune.bench.kit.airflow.imports import import_costs
from airflow_tune.bench.kit.airflow.survey import survey
from airflow_tune.bench.kit.answer import Found, kept_figures
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload
from airflow_tune.errors import BenchError
from airflow_tune.suite.model import Curve, VariantResult, WorkloadResult
from airflow_tune.units import format_duration, format_share

_FILES = {Length.QUICK: 2, Length.DEFAULT: 4, Length.RIGOROUS: 10}
_SAMPLE = "sample"
_SAMPLES = 3
_DEAREST = 5
_MUCH = 0.25
"""Imports that take less of the time than this are not what to begin with."""
_INTERVAL_S = 30
"""The default of min_file_process_interval: how often Airflow parses a file anew."""
_IMPORTS, _PACKAGE = "imports_s", "import_{}_s"


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what has Airflow parse one file; what its imports cost goes to the figures."""
    python, named = order.wishes.airflow_python, str(order.parameters["file"])
    file = str(sample_dag(order.folder)) if named == _SAMPLE else named
    root = str(order.parameters.get("folder", order.folder))
    with running(python, users_environment(python, shared_home()), imports=True) as airflow:
        if named != _SAMPLE:
            order.figures["sample_s"] = _sample_s(airflow, order.folder)
        yield lambda: _parse(airflow, file, root)
        _note(order, _parse(airflow, file, root))


def _parse(airflow: Airflow, file: str, root: str) -> dict[str, Any]:
    answer = airflow.ask(do="parse", file=file, root=root)
    if answer["errors"]:
        raise BenchError(f"Airflow cannot import it: {answer['errors'][0]}")
    return answer


def _sample_s(airflow: Airflow, folder: Path) -> float:
    """Return the median seconds to parse a file with a DAG of one task, in the same process."""
    file, taken = str(sample_dag(folder)), []
    _parse(airflow, file, str(folder))
    for _ in range(_SAMPLES):
        begun = time.perf_counter()
        _parse(airflow, file, str(folder))
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _note(order: Order, answer: dict[str, Any]) -> None:
    costs = import_costs(answer["imports"])
    order.figures[_IMPORTS] = sum(costs.values())
    for package in list(costs)[:_DEAREST]:
        order.figures[_PACKAGE.format(package)] = costs[package]


def _variants(wishes: Wishes) -> Sequence[Variant]:
    folder, files = survey(wishes)
    if not files:
        return [Variant(_SAMPLE, {"file": _SAMPLE})]
    return [
        Variant(str(file.relative_to(folder)), {"file": str(file), "folder": str(folder)})
        for file in files[: _FILES[wishes.length]]
    ]


def _lacks(wishes: Wishes) -> str:
    return "" if wishes.airflow_python else "no --airflow-python was given"


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    worst = max(found, key=found.__getitem__, default="")
    if not worst:
        return ""
    taken = found[worst]
    answer = (
        f"{worst} takes {format_duration(taken)} to parse, which is {format_share(taken / _INTERVAL_S)} of a"
        f" core where it is done every {_INTERVAL_S}s"
    )
    variant = result.variant(worst)
    package, cost = _dearest(variant) if variant else ("", 0.0)
    if cost < taken * _MUCH:
        return f"{answer}; its imports are not what costs."
    return f"{answer}; {format_duration(cost)} of it is `import {package}`: import that inside of the tasks."


def _dearest(variant: VariantResult) -> tuple[str, float]:
    """Return the package that costs most to import, and its median seconds."""
    head, tail = _PACKAGE.split("{}")
    costs = {
        name.removeprefix(head).removesuffix(tail): statistics.median(values)
        for name in variant.figures
        if name.startswith(head)
        and name != _PACKAGE.format("airflow")
        and (values := kept_figures(variant, name))
    }
    dearest = max(costs, key=costs.__getitem__, default="")
    return dearest, costs.get(dearest, 0.0)


WORKLOAD = Workload(
    name="dag-parse",
    question="How long does Airflow take to parse DAG files, and what in them costs?",
    unit="file",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    lacks=_lacks,
    timeout_s=180,
)
