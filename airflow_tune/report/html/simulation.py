"""The scenarios of `simulate` as one page: a table, waits by limit as bars, risks and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from airflow_tune.report.html.chart import NARROW, WIDE, Spec, colour
from airflow_tune.report.html.draw import draw
from airflow_tune.report.html.render import as_is, render
from airflow_tune.report.simulation import Simulated, basis, error_line, figures, opening

if TYPE_CHECKING:
    from airflow_tune.simulate.study import Study

OTHERS = 7
"""The rank, and so the colour, of all limits beyond the greatest seven."""
_ROW_PX = 26


def simulation_html(found: Simulated) -> str:
    """Return the page; it needs no other file and no network.

    Raises UsageError where Jinja2 or vl-convert is not installed.
    """
    study, names = found.study, _limits(found.study)
    return render(
        "simulation.html.j2",
        title=_title(study),
        facts=[opening(found)],
        error=error_line(study.error),
        header=("makespan", "mean wait", "p95 wait", "slots used"),
        rows=list(_rows(found)),
        legend=[{"limit": name, "colour": colour(min(rank, OTHERS))} for rank, name in enumerate(names)],
        wide=as_is(draw(_chart(found, names, WIDE))),
        narrow=as_is(draw(_chart(found, names, NARROW))),
        warnings=list(_warnings(found)),
        basis=[*basis(found.calibration), *found.notes],
    )


def _title(study: Study) -> str:
    if study.observed is None:
        return "What would run, as the model plays it"
    return "What other settings would have made of it" if study.scenarios else "The past, replayed"


def _rows(found: Simulated) -> Iterator[dict[str, object]]:
    if found.study.observed:
        yield _row("observed", figures(found.study.observed, None))
    for name, result, _ in found.named():
        width = result.half_width.wait_mean_s if result.half_width else None
        yield _row(name, figures(result.outcome, width))


def _row(name: str, shown: tuple[str, ...]) -> dict[str, object]:
    return {"name": name, "cells": shown[:-1], "limit": shown[-1]}


def _warnings(found: Simulated) -> Iterator[dict[str, str]]:
    for name, result, risks in found.named():
        yield from ({"name": name, "text": risk} for risk in risks)
        for one in result.stuck:
            reason = one.reason or "it waits for others that never run"
            yield {"name": name, "text": f"{one.task} ({one.task_instances}) can never run: {reason}"}


def _limits(study: Study) -> list[str]:
    """Return the limits that any scenario waits for most, and "others" where there are more."""
    seconds: dict[str, float] = {}
    observed = [study.observed] if study.observed else []
    for outcome in (*observed, *(one.outcome for one in study.results)):
        for limit in outcome.waits.by_limit:
            seconds[limit.limit] = seconds.get(limit.limit, 0.0) + limit.seconds
    names = sorted(seconds, key=lambda name: -seconds[name])
    return [*names[:OTHERS], "others"] if len(names) > OTHERS else names


def _chart(found: Simulated, names: list[str], width: int) -> Spec:
    """Return each scenario's waiting as a bar, stacked by limit, in seconds a task instance."""
    shown = [("observed", found.study.observed)] if found.study.observed else []
    shown += [(name, result.outcome) for name, result, _ in found.named()]
    values: list[dict[str, Any]] = []
    for name, outcome in shown:
        rest = outcome.waits.total_s
        for limit in outcome.waits.by_limit:
            rank = names.index(limit.limit) if limit.limit in names else OTHERS
            share = limit.seconds / rest * outcome.wait.mean if rest else 0.0
            values.append(
                {"scenario": name, "s": round(share, 4), "rank": min(rank, OTHERS), "limit": limit.limit}
            )
    ranks = sorted({value["rank"] for value in values}) or [0]
    return {
        "width": width,
        "height": _ROW_PX * len(shown),
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {
                "field": "scenario", "type": "nominal", "sort": [name for name, _ in shown], "title": None,
                "axis": {"labelLimit": width // 3},
            },
            "x": {"field": "s", "type": "quantitative", "stack": "zero", "title": "mean wait, s"},
            "color": {
                "field": "rank", "type": "ordinal", "legend": None,
                "scale": {"domain": ranks, "range": [colour(int(rank)) for rank in ranks]},
            },
            "order": {"field": "rank"},
            "description": {"field": "limit"},
        },
    }  # fmt: skip
