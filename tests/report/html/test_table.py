"""Any figures as tables: units from names, records beside one another, nothing that nobody knows."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from airflow_tune.report.html.table import LISTED, MOST, Cell, tables


@dataclasses.dataclass
class Spread:
    p50_s: float


@dataclasses.dataclass
class Line:
    name: str
    queue: Spread
    free_bytes: int | None = None


@dataclasses.dataclass
class Section:
    period_s: float
    tables: tuple[Line, ...]
    inner: Line | None = None


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("spent_s", 90.0, "1m 30s"),
        ("success_share", 0.125, "12.5%"),
        ("free_bytes", 2048, "2 KiB"),
        ("tries", 12345, "12,345"),
        ("per_hour", 3812.7, "3,813"),
        ("sigma", -0.02576, "-0.0258"),
        ("best", math.inf, "no limit"),
        ("paused", True, "yes"),
        ("tasks", (("a", 2), ("b", 1)), "a (2), b (1)"),
        ("steps", (Line("x", Spread(1.0)), Line("y", Spread(2.0))), "x, y"),
        ("begin", np.datetime64("2026-01-02T03:04:05", "us"), "2026-01-02T03:04:05.000000Z"),
    ],
)
def test_a_figure_is_shown_with_its_unit(field, value, text):
    kind = dataclasses.make_dataclass("Kind", ["name", field])
    ((_, cell),) = [row.cells for row in tables("part", (kind("a", value),))[0].rows]
    assert cell.text == text


def test_single_figures_lists_and_records_become_tables_of_their_own():
    single, lines, inner, spread = tables(
        "part", Section(1.5, (Line("a", Spread(2.0)), Line("b", Spread(3.0))), Line("c", Spread(4.0)))
    )
    assert single.rows[0].cells == (Cell("period", number=False), Cell("1.5s", number=True))
    # Nobody knows what is free, so no column tells it.
    assert (lines.title, lines.header) == ("tables", ("name", "queue p50"))
    assert [row.id for row in lines.rows] == ["part-tables-0", "part-tables-1"]
    assert [table.rows[0].cells[1].text for table in (inner, spread)] == ["c", "4s"]


def test_what_is_not_there_has_no_table():
    assert tables("part", None) == []
    assert tables("part", ()) == []
    assert tables("part", Section(math.nan, ())) == []


def test_what_is_known_of_some_is_a_dash_for_the_others():
    (found,) = tables("part", (Line("a", Spread(1.0), 1024), Line("b", Spread(math.nan))))
    assert [cell.text for cell in found.rows[1].cells] == ["b", "–", "–"]


def test_long_lists_end():
    (found,) = tables("part", tuple(Line(str(number), Spread(1.0)) for number in range(MOST + 3)))
    assert (len(found.rows), found.left_out) == (MOST, 3)
    kind = dataclasses.make_dataclass("Kind", ["name", "signs"])
    ((_, cell),) = [row.cells for row in tables("part", (kind("a", ("x",) * (LISTED + 2)),))[0].rows]
    assert cell.text.endswith("x and 2 more")
