from __future__ import annotations

import re

import pytest

from airflow_tune.report.page import Page

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
LONG = "every second of waiting is charged to the limit that caused it, " * 4


def page(width, *, colour):
    found = Page(width=width, colour=colour)
    found.heading("Heading")
    found.line(LONG, style="bold red", indent=2, hang=4)
    found.labelled("why", LONG)
    found.labelled("not written", "")
    found.table([("a", "1", LONG), ("longer", "22", "short")], header=("name", "n", "what"))
    return found.text()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_nothing_is_wider_than_the_page(width):
    assert max(map(len, page(width, colour=False).splitlines())) <= width


@pytest.mark.parametrize("width", [40, 80, 200])
def test_colour_adds_escapes_and_nothing_else(width):
    plain, coloured = page(width, colour=False), page(width, colour=True)
    assert ESCAPE.search(coloured)
    assert not ESCAPE.search(plain)
    assert ESCAPE.sub("", coloured) == plain


def test_an_empty_text_has_no_label():
    assert "not written" not in page(80, colour=False)


def test_a_path_is_never_broken():
    path = "/sys/fs/cgroup/" + "kubepods/" * 20 + "memory.max"
    found = Page(width=80, colour=False)
    found.line(f"read in {path}", indent=2)
    assert path in found.text()


def test_an_empty_last_cell_takes_no_others_with_it():
    page = Page(width=40, colour=False)
    page.table([("a", "b", ""), ("c", "d", "e")])
    assert page.text() == "  a  b\n  c  d  e\n"
