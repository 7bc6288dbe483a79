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
_BAR = 14
_LONGEST_NAME = 27
_STYLES = {"A": "green", "B": "green", "C": "yellow", "D": "red"}


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
    told = [words.law_line(one.model.scaling), *rules, words.steadiness(one), words.outlying(one)]
    for text in (*filter(None, told), *words.notes(one)):
        page.line(text, style="dim", indent=2, hang=2)


def _lines(page: Page, one: Judged) -> None:
    found = words.lines(one)
    if not found:
        return
    longest = max(len(each.name) for each in found)
    columns = _BAR if page.width >= 80 else max(page.width - 66, 4)  # noqa: PLR2004 - a terminal's usual width
    rows = [
        (
            _short(each.name, longest),
            each.unit_time,
            each.spread,
            each.speed,
            each.memory,
            bar(each.share, columns),
        )
        for each in found
    ]
    page.table(rows, header=("", f"per {one.result.unit}", "", "speed", "peak", "speed as bars"), indent=4)


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
