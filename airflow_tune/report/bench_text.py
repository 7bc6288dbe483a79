"""The report of `bench` for a terminal: what follows from each workload, with its variants as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_tune.report import bench_words as words
from airflow_tune.report.page import Page
from airflow_tune.units import plural

if TYPE_CHECKING:
    from airflow_tune.bench.verdict.judge import Judged
    from airflow_tune.suite.model import Suite

_EIGHTHS = " ▏▎▍▌▋▊▉"
_BAR, _LEAST_BAR, _WIDE = 14, 4, 120
_INDENT, _GAP = 4, 2
_LONGEST_NAME = 27
_STYLES = {"C": "yellow", "D": "red"}


def bench_text(suite: Suite, *, width: int, colour: bool) -> str:
    """Return the report of `suite`; the longest bar is the fastest variant."""
    from airflow_tune.bench.verdict.judge import judge, summarise  # noqa: PLC0415 - brings numpy

    page = Page(width=width, colour=colour)
    judged = judge(suite)
    page.line(" · ".join(words.facts(suite)), style="bold", hang=2)
    page.line(words.summary_line(summarise(suite, judged)), hang=2)
    for void, text in words.doubts(suite):
        label = "not worth having" if void else "with care"
        page.line(f"{label}: {text}", style="red" if void else "yellow", hang=2)
    for one in words.measured(judged):
        _workload(page, one)
    _skipped(page, suite)
    return page.text()


def bar(share: float, columns: int) -> str:
    """Return a bar of `share` (0..1) of so many columns; what is above 0 is never nothing."""
    eighths = max(round(share * columns * 8), 1 if share > 0 else 0)
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + _EIGHTHS[rest]).rstrip()


def _workload(page: Page, one: Judged) -> None:
    letter = one.grade.letter if one.grade else ""
    page.line("")
    title = f"{one.result.name}{f' ({letter})' if letter else ''}: {one.result.question}"
    page.line(title, style="bold", hang=2)
    if one.result.answer:
        page.line(one.result.answer, style=_STYLES.get(letter, ""), indent=2, hang=2)
    _lines(page, one)
    rules = [words.rule_line(each) for each in one.model.contrasts]
    told = [words.grade_line(one), words.law_line(one.model.scaling), *rules]
    told += [words.steadiness(one), words.outlying(one)]
    for text in (*filter(None, told), *words.notes(one)):
        page.line(text, style="dim", indent=2, hang=2)


def _lines(page: Page, one: Judged) -> None:
    found = words.lines(one)
    if not found:
        return
    longest = max(len(each.name) for each in found)
    header = ("", f"per {one.result.unit}", "", "speed", "peak")
    cells = [
        (_short(each.name, longest), each.unit_time, each.spread, each.speed, each.memory) for each in found
    ]
    used = _INDENT + sum(max(map(len, column)) + _GAP for column in zip(header, *cells, strict=True))
    columns = min(max(page.width - used, _LEAST_BAR), _BAR if page.width < _WIDE else 2 * _BAR)
    rows = [(*row, bar(each.share, columns)) for row, each in zip(cells, found, strict=True)]
    page.table(rows, header=(*header, ""), indent=_INDENT)


def _short(name: str, longest: int) -> str:
    half = _LONGEST_NAME // 2
    if longest <= _LONGEST_NAME or len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:half]}…{name[-half:]}"


def _skipped(page: Page, suite: Suite) -> None:
    found = words.skipped(suite)
    if not found:
        return
    page.heading(f"Not measured: {plural(sum(map(len, found.values())), 'workload')}")
    for reason, names in found.items():
        page.line(f"{', '.join(names)}: {reason}", indent=2, hang=2)
