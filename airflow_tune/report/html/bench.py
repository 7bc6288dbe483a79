"""The bench as one page: what follows from each workload, its variants as bars and its curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_tune.report import bench_words as words
from airflow_tune.report.html.chart import NARROW, WIDE, Spec
from airflow_tune.report.html.draw import draw
from airflow_tune.report.html.render import as_is, render

if TYPE_CHECKING:
    from airflow_tune.bench.models.curve import Points
    from airflow_tune.bench.verdict.judge import Judged
    from airflow_tune.suite.model import Suite

_HEIGHT = 170


def bench_html(suite: Suite) -> str:
    """Return the page; it needs no other file and no network.

    Raises UsageError where Jinja2 or vl-convert is not installed.
    """
    from airflow_tune.bench.verdict.judge import judge, summarise  # noqa: PLC0415 - brings numpy

    judged = judge(suite)
    return render(
        "bench.html.j2",
        title=f"What {suite.machine.hostname} can do",
        facts=words.facts(suite)[1:],
        summary=words.summary_line(summarise(suite, judged)),
        doubts=list(words.doubts(suite)),
        workloads=[_workload(one) for one in words.measured(judged)],
        skipped=words.skipped(suite),
    )


def _workload(one: Judged) -> dict[str, Any]:
    told = [
        words.grade_line(one),
        words.law_line(one.model.scaling),
        *map(words.rule_line, one.model.contrasts),
    ]
    told += [words.steadiness(one), words.outlying(one), *words.notes(one)]
    charts = [as_is(draw(chart)) for chart in _charts(one)]
    return {
        "name": one.result.name,
        "question": one.result.question,
        "unit": one.result.unit,
        "answer": one.result.answer,
        "grade": one.grade.letter if one.grade else "",
        "lines": [{"line": line, "width": f"{100 * line.share:.2f}"} for line in words.lines(one)],
        "told": [text for text in told if text],
        "charts": dict(zip(("wide", "narrow"), charts, strict=False)),
    }


def _charts(one: Judged) -> Sequence[Spec]:
    """Return the curve of a workload for a page and for a phone, nothing for alternatives."""
    from airflow_tune.bench.models.curve import points  # noqa: PLC0415 - brings numpy
    from airflow_tune.suite.model import Curve  # noqa: PLC0415 - likewise

    found = points(one.result) if one.result.curve is not Curve.ALTERNATIVES else None
    return [_chart(one, found, width) for width in (WIDE, NARROW)] if found else []


def _chart(one: Judged, found: Points, width: int) -> Spec:
    """Return speed along the axis: rounds as dots, medians as a line, knees as rules."""
    gains, axis = found.gains(), one.result.axis.replace("_", " ")
    x = {
        "field": "at", "type": "quantitative", "title": axis,
        "scale": {"type": "log", "nice": False},
        "axis": {"grid": False, "values": found.at.tolist(), "format": "~s"},
    }  # fmt: skip
    y = {
        "field": "gain", "type": "quantitative", "title": "times as fast as the first",
        "axis": {"tickCount": 4}, "scale": {"zero": True},
    }  # fmt: skip
    dots = [
        {"at": at, "gain": round(float(gain), 4)}
        for row in gains
        for at, gain in zip(found.at.tolist(), row, strict=True)
    ]
    middle = [
        {"at": at, "gain": float(gain)} for at, gain in zip(found.at.tolist(), found.gain(), strict=True)
    ]
    layers: list[Spec] = [
        {
            "data": {"values": dots},
            "mark": {"type": "circle", "color": "var(--use)", "size": 22, "opacity": 0.7},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": middle},
            "mark": {
                "type": "line",
                "color": "var(--path)",
                "strokeWidth": 2,
                "point": {"color": "var(--path)"},
            },
            "encoding": {"x": x, "y": y},
        },
    ]
    marked = _marked(one)
    if marked:
        rule = {"type": "rule", "color": "var(--bad)", "strokeDash": [4, 3]}
        layers.append({"data": {"values": [{"at": marked}]}, "mark": rule, "encoding": {"x": x}})
    return {"width": width, "height": _HEIGHT, "padding": 2, "layer": layers}


def _marked(one: Judged) -> int | None:
    """Return the place of the knee, or the least concurrency that is enough."""
    if one.model.knee:
        return one.model.knee.size
    return one.model.scaling.enough if one.model.scaling else None
