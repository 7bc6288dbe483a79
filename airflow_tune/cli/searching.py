"""Search by simulation for what `recommend --objective` and `--optimize` ask for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from airflow_tune.cli.output import Look, say
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from airflow_tune.installation.read import Sources

_FORMATS = ("text", "json")


def search(sources: Sources, objective: str | None, report_format: str, page: Look, *, workers: bool) -> str:
    """Return the report of the cheapest configuration that meets `objective`, as text or JSON.

    Raises UsageError where there is no history, where the model does not explain it, or where what is
    asked for is not there.
    """
    from concurrent.futures import ThreadPoolExecutor

    from airflow_tune.cli.past import read
    from airflow_tune.installation.read import read_installation
    from airflow_tune.recommend.objective import parse_objective
    from airflow_tune.recommend.optimum import optimize, slots_are_workers
    from airflow_tune.recommend.plan import make_plan
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.optimum import optimum_json, optimum_text
    from airflow_tune.simulate.doubt import check_error, check_history
    from airflow_tune.simulate.present import present
    from airflow_tune.simulate.study import study

    shape = getattr(report_format, "value", report_format)
    if shape not in _FORMATS:
        raise UsageError(f"a search is not told as {shape}", remedy="give --format text or json")
    installation = read_installation(sources)
    past = read(installation, sources)
    check_history(past.history, past.source)
    asked = parse_objective(objective, past.history.dags.names) if objective else None
    situation, _, _ = present(installation, past)
    if workers and not slots_are_workers(situation):
        raise UsageError(
            "there are no workers of one kind to choose the number of",
            where="--optimize workers",
            remedy="give --optimize slots",
        )
    with ThreadPoolExecutor() as executor:
        error = study(situation, (), 3, executor).error
    check_error(error, situation, past.source)
    told = say if sys.stderr.isatty() else (lambda _: None)
    slots = None if installation.deployment.assumed else make_plan(installation).slots
    found = optimize(situation, asked, workers=workers, slots_most=slots, told=told)
    if shape == "json":
        return dump(optimum_json(found, error, past.source))
    return optimum_text(found, error, past.source, width=page.width, colour=page.colour)
