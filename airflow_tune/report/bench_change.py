"""The reports of `bench compare`: what changed, by how much, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from airflow_tune.report.bench_markdown import escaped, table
from airflow_tune.report.bench_words import facts
from airflow_tune.report.jsonable import Json
from airflow_tune.report.page import Page
from airflow_tune.report.values import values_json
from airflow_tune.units import format_bytes, format_duration, plural

if TYPE_CHECKING:
    from airflow_tune.bench.verdict.change import Change
    from airflow_tune.bench.verdict.compare import Comparison

SCHEMA = "airflow-tune/bench-compare/1"
_WORSE, _BETTER = ("slower", "more"), ("faster", "less")
_MARKS = {"slower": "▲", "more": "▲", "faster": "▼", "less": "▼", "same": " ", "unsure": "?"}
_HEADER = ("", "old", "new", "change", "95% interval", "what")
_NOISE = 0.01


def comparison_text(found: Comparison, *, width: int, colour: bool) -> str:
    """Return the comparison for people: changes first, then what cannot be told, then a count of the rest."""
    page = Page(width=width, colour=colour)
    page.line(headline(found), style="bold", hang=2)
    for text in _basis(found):
        page.line(text, hang=2)
    for warning in found.warnings:
        page.line(f"warning: {warning}", style="yellow", hang=2)
    for title, verdicts, style in _SECTIONS:
        changes = [one for one in found.changes if one.verdict.value in verdicts]
        if changes:
            page.line("")
            page.line(f"{title}: {len(changes)}", style=style)
            page.table([_row(one) for one in changes], header=_HEADER)
    _rest(page, found)
    return page.text()


_SECTIONS = (
    ("Slower, or takes more", _WORSE, "red"),
    ("Faster, or takes less", _BETTER, "green"),
    ("Cannot be told: the interval holds both no change and one", ("unsure",), ""),
)


def headline(found: Comparison) -> str:
    """Return the whole comparison in one sentence."""
    worse = sum(one.verdict.value in _WORSE for one in found.changes)
    better = sum(one.verdict.value in _BETTER for one in found.changes)
    unsure = sum(one.verdict.value == "unsure" for one in found.changes)
    same = len(found.changes) - worse - better - unsure
    if not found.changes:
        return "nothing in common: no workload and variant is in both results"
    told = f"{worse} worse, {better} better, {same} the same within {found.least_share:.0%}"
    return f"{told}, {unsure} cannot be told, of {plural(len(found.changes), 'comparison')}"


def _basis(found: Comparison) -> Iterator[str]:
    yield f"old: {' · '.join(facts(found.old))}"
    yield f"new: {' · '.join(facts(found.new))}"
    if found.paired:
        yield "one run: rounds pair (signed ranks)"
    else:
        yield "two runs: rank test, and no change counts that the machine's own speed explains"
    if found.shift is not None and abs(found.shift - 1) >= _NOISE:
        slower = "slower" if found.shift > 1 else "faster"
        yield f"the machine itself was {abs(found.shift - 1):.0%} {slower} at plain Python in the new run"


def _row(one: Change) -> tuple[str, ...]:
    difference = one.difference
    show = format_bytes if difference.quantity.value == "peak memory" else format_duration
    effect = difference.effect
    what = f"{difference.workload}: {difference.variant}"
    if difference.quantity.value == "peak memory":
        what += " (peak memory)"
    return (
        _MARKS[one.verdict.value],
        show(difference.old),
        show(difference.new),
        _signed(effect.ratio),
        f"{_signed(effect.low)} to {_signed(effect.high)}",
        what,
    )


def change_line(one: Change) -> str:
    """Return a change in one line."""
    _, old, new, change, interval, what = _row(one)
    return f"{what}: {old} → {new}, {change} ({interval})"


def _signed(ratio: float) -> str:
    """Return a ratio as the change that it is: "+10.2%", or "× 3.1" from a doubling on."""
    return f"× {ratio:.3g}" if ratio >= 2 or ratio <= 0.5 else f"{(ratio - 1) * 100:+.1f}%"  # noqa: PLR2004


def _rest(page: Page, found: Comparison) -> None:
    for name, only in (("old", found.only_old), ("new", found.only_new)):
        if only:
            page.line("")
            page.line(f"only in the {name} result: {', '.join(only)}", hang=2)


def comparison_markdown(found: Comparison) -> str:
    """Return the comparison for a pull request."""
    parts = [f"### airflow-tune bench: {headline(found)}", *(escaped(text) for text in _basis(found))]
    parts += [f"> **Warning:** {escaped(text)}" for text in found.warnings]
    for title, verdicts, _ in _SECTIONS:
        changes = [one for one in found.changes if one.verdict.value in verdicts]
        if not changes:
            continue
        shown = table(_HEADER, [_row(one) for one in changes], right=(1, 2, 3, 4))
        if "unsure" in verdicts:
            parts.append(f"<details><summary>{title}: {len(changes)}</summary>\n\n{shown}\n\n</details>")
        else:
            parts.append(f"**{title}**\n\n{shown}")
    parts += [
        f"Only in the {name} result: {escaped(', '.join(only))}"
        for name, only in (("old", found.only_old), ("new", found.only_new))
        if only
    ]
    return "\n\n".join(parts) + "\n"


def comparison_json(found: Comparison, regressions: Sequence[Change]) -> Json:
    """Return the comparison for machines; `regressions` are those that make the exit code 1."""
    return {
        "schema": SCHEMA,
        "old": _suite_json(found.old.started_at, found.old.tool_version, asdict(found.old.machine)),
        "new": _suite_json(found.new.started_at, found.new.tool_version, asdict(found.new.machine)),
        "paired": found.paired,
        "machine_ratio": found.shift,
        "least_share": found.least_share,
        "changes": [_change_json(one, one in regressions) for one in found.changes],
        "only_old": list(found.only_old),
        "only_new": list(found.only_new),
        "warnings": list(found.warnings),
    }


def _suite_json(started_at: str, tool_version: str, machine: Json) -> Json:
    return {"started_at": started_at, "tool_version": tool_version, "machine": values_json(machine)}


def _change_json(one: Change, regression: bool) -> Json:  # noqa: FBT001 - handed on
    found = one.difference
    unit = "s" if found.quantity.value == "time" else "bytes"
    return {
        "workload": found.workload,
        "variant": found.variant,
        "unit": found.unit,
        "quantity": found.quantity.value,
        f"old_{unit}": found.old,
        f"new_{unit}": found.new,
        "rounds": list(found.rounds),
        "effect": values_json(found.effect),
        "effect_beside_reference": values_json(found.beside_reference),
        "p_adjusted": one.p_adjusted,
        "verdict": one.verdict.value,
        "regression": regression,
    }
