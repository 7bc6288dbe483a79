"""The charts of the page as Vega-Lite specifications: waits over time, slots in use, and DAG runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from airflow_tune.units import format_duration

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.use_over_time import UseOverTime
    from airflow_tune.diagnose.past.worst_run import Bar, WorstRun
    from airflow_tune.diagnose.waits.over_time import WaitsOverTime
    from airflow_tune.history.column import Ints

Spec: TypeAlias = dict[str, Any]

NARROW, WIDE = 290, 940
"""Widths of what is drawn inside the axes, in CSS pixels: a phone's, and a page's."""
_ROW_PX = 15


def colour(rank: int) -> str:
    """Return the page's colour for the limit that stands at `rank`."""
    return f"var(--c{rank})"


def ranked(found: WaitsOverTime) -> dict[str, int]:
    """Return the place of each limit among those that waiting is charged to, which its colour stands for."""
    return {name: rank for rank, name in enumerate(found.waiting)}


def waits_chart(found: WaitsOverTime, width: int) -> Spec:
    """Return how many task instances waited on average, stacked by limit, over time."""
    names = [name for name, waiting in found.waiting.items() if waiting.any()]
    ranks = ranked(found)
    moments = _moments(found.edges)
    values = [
        {"t": moments[at], "n": round(float(count), 3), "rank": ranks[name], "limit": name}
        for name in names
        for at, count in enumerate([*found.waiting[name], found.waiting[name][-1]])
    ]
    shown = [ranks[name] for name in names]
    return {
        **_sized(width, 190),
        "data": {"values": values},
        "mark": {"type": "area", "interpolate": "step-after"},
        "encoding": {
            "x": _time(width),
            "y": {
                "field": "n", "type": "quantitative", "stack": "zero", "title": "waiting at once",
                "axis": {"tickCount": 4, "tickMinStep": 1},
            },
            "color": {
                "field": "rank", "type": "ordinal", "legend": None,
                "scale": {"domain": shown, "range": [colour(rank) for rank in shown]},
            },
            "order": {"field": "rank"},
            "description": {"field": "limit"},
        },
    }  # fmt: skip


def use_chart(found: UseOverTime, width: int) -> Spec:
    """Return the slots of one limit in use over time, below the line where it is at its cap."""
    moments, peaks = _moments(found.edges), [*found.peak.tolist(), int(found.peak[-1])]
    values = [{"t": moment, "n": peak} for moment, peak in zip(moments, peaks, strict=True)]
    x = _time(width)
    top = max(found.size if found.size <= 4 * max(peaks) else 0, *peaks, 1)
    y: Spec = {
        "field": "n", "type": "quantitative", "title": None,
        "axis": {"values": [0, top // 2, top], "format": "d"},
        "scale": {"domain": [0, top]},
    }  # fmt: skip
    used: Spec = {
        "data": {"values": values},
        "mark": {"type": "area", "interpolate": "step-after", "color": "var(--use)"},
        "encoding": {"x": x, "y": y},
    }
    cap: Spec = {
        "data": {"values": [{"n": found.size}]},
        "mark": {"type": "rule", "color": "var(--bad)", "strokeWidth": 2},
        "encoding": {"y": y},
    }
    return {**_sized(width, 80), "layer": [used, cap] if found.size <= top else [used]}


def run_chart(found: WorstRun, ranks: dict[str, int], width: int) -> Spec:
    """Return a DAG run as bars: thin while a task instance waited, thick while it ran."""
    labels = _labels(found.bars)
    values = [
        {
            "row": label, "ready": bar.ready_s, "start": bar.start_s, "end": max(bar.end_s, bar.start_s),
            "wait": colour(ranks.get(bar.waited_for, max(ranks.values(), default=0))), "run": _ran(bar),
            "told": _told(label, bar),
        }
        for label, bar in zip(labels, found.bars, strict=True)
    ]  # fmt: skip
    y: Spec = {
        "field": "row", "type": "nominal", "sort": None, "title": None,
        "axis": {"labelLimit": 110 if width == NARROW else 220, "ticks": False, "domain": False},
    }  # fmt: skip
    tail = {"type": "quantitative", "title": "seconds since the run could start", "axis": {"tickCount": 5}}

    def bars(begin: str, end: str, fill: str, thick: float) -> Spec:
        return {
            "mark": {"type": "bar", "height": {"band": thick}},
            "encoding": {
                "y": y, "x": {"field": begin, **tail}, "x2": {"field": end},
                "color": {"field": fill, "type": "nominal", "scale": None, "legend": None},
                "description": {"field": "told"},
            },
        }  # fmt: skip

    return {
        **_sized(width, _ROW_PX * len(values)),
        "data": {"values": values},
        "layer": [bars("ready", "start", "wait", 0.3), bars("start", "end", "run", 0.8)],
    }


def _sized(width: int, height: int) -> Spec:
    return {"width": width, "height": height, "padding": 2}


def _time(width: int) -> Spec:
    return {
        "field": "t", "type": "temporal", "title": None, "scale": {"type": "utc"},
        "axis": {"tickCount": 4 if width == NARROW else 9, "grid": False, "labelOverlap": True},
    }  # fmt: skip


def _moments(edges: Ints) -> list[float]:
    """Return edges in milliseconds since 1970, which is what Vega's time is in."""
    return [edge / 1000 for edge in edges.tolist()]


def _labels(bars: tuple[Bar, ...]) -> list[str]:
    return [
        bar.task
        + (f" [{bar.map_index}]" if bar.map_index >= 0 else "")
        + (f" try {bar.try_number}" if bar.try_number > 1 else "")
        for bar in bars
    ]


def _ran(bar: Bar) -> str:
    if bar.state in ("failed", "up_for_retry"):
        return "var(--bad)"
    return "var(--path)" if bar.on_path else "var(--run)"


def _told(label: str, bar: Bar) -> str:
    waited, ran = format_duration(bar.start_s - bar.ready_s), format_duration(bar.end_s - bar.start_s)
    held = f" for {bar.waited_for}" if bar.waited_for else ""
    path = ", on the critical path" if bar.on_path else ""
    return f"{label}: waited {waited}{held}, ran {ran}, {bar.state}{path}"
