"""Search by simulation for what `recommend --objective` and `--optimize` ask for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from airflow_tune.cli.output import Look, say
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from airflow_tune.cli.prepared import Prepared
    from airflow_tune.installation.sources import Sources
    from airflow_tune.simulate.error import ModelError

_FORMATS = ("text", "json")
_SEEDS = 3


def search(sources: Sources, objective: str | None, report_format: str, page: Look, *, workers: bool) -> str:
    """Return the report of the cheapest configuration that meets `objective`, as text or JSON.

    Raises UsageError where there is nothing to play, where the model does not explain the past, or where
    what is asked for is not there.
    """
    from airflow_tune.cli.prepared import prepare
    from airflow_tune.recommend.bounds import bounds
    from airflow_tune.recommend.objective import parse_objective
    from airflow_tune.recommend.optimum import optimize, slots_are_workers
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.optimum import optimum_json, optimum_text

    shape = getattr(report_format, "value", report_format)
    if shape not in _FORMATS:
        raise UsageError(f"a search is not told as {shape}", remedy="give --format text or json")
    prepared = prepare(sources)
    situation, installation = prepared.asked, prepared.installation
    asked = parse_objective(objective, situation.history.dags.names) if objective else None
    if workers and not slots_are_workers(situation):
        raise UsageError(
            "there are no workers of one kind to choose the number of",
            where="--optimize workers",
            remedy="give --optimize slots",
        )
    error = _checked(prepared)
    told = say if sys.stderr.isatty() else (lambda _: None)
    within = bounds(installation, situation)
    found = optimize(situation, asked, workers=workers, bounds=within, told=told)
    if shape == "json":
        return dump(optimum_json(found, error, prepared.source))
    return optimum_text(found, error, prepared.source, width=page.width, colour=page.colour)


def _checked(prepared: Prepared) -> ModelError | None:
    """Return the model's error, None where nothing has run yet; raises UsageError where it is too large."""
    from concurrent.futures import ThreadPoolExecutor

    from airflow_tune.simulate.doubt import check_error
    from airflow_tune.simulate.study import study

    if prepared.past is None:
        return None
    with ThreadPoolExecutor() as executor:
        error = study(prepared.situation, (), _SEEDS, executor, past=prepared.past).error
    if error is not None:
        check_error(error, prepared.situation, prepared.source)
    return error
