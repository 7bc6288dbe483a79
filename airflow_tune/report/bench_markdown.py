"""The reports of the bench as markdown, for pull requests and wikis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from airflow_tune.report import bench_words as words

if TYPE_CHECKING:
    from airflow_tune.bench.verdict.judge import Judged
    from airflow_tune.suite.model import Suite

_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]<>|#])")


def bench_markdown(suite: Suite) -> str:
    """Return the report of `suite`: the answers at once, the figures behind a fold."""
    from airflow_tune.bench.verdict.judge import judge, summarise  # noqa: PLC0415 - brings numpy

    judged = judge(suite)
    told = words.measured(judged)
    parts = [
        f"### airflow-tune bench: {escaped(suite.machine.hostname)}",
        escaped(" · ".join([*words.facts(suite)[1:], words.summary_line(summarise(suite, judged))])),
        *(
            f"> **{'Not worth having' if void else 'With care'}:** {escaped(text)}"
            for void, text in words.doubts(suite)
        ),
        table(
            ("workload", "grade", "what follows"),
            ((one.result.name, one.grade.letter if one.grade else "", one.result.answer) for one in told),
        ),
        *(_figures(one) for one in told),
    ]
    parts += [
        f"Not measured: {escaped(', '.join(names))} ({escaped(reason)})"
        for reason, names in words.skipped(suite).items()
    ]
    return "\n\n".join(parts) + "\n"


def _figures(one: Judged) -> str:
    shown = table(
        ("", f"per {one.result.unit}", "", "speed", "peak"),
        ((each.name, each.unit_time, each.spread, each.speed, each.memory) for each in words.lines(one)),
        right=(1, 2, 3, 4),
    )
    told = [
        words.grade_line(one),
        words.law_line(one.model.scaling),
        *map(words.rule_line, one.model.contrasts),
    ]
    told += [words.steadiness(one), *words.notes(one)]
    listed = "\n".join(f"- {escaped(text)}" for text in told if text)
    inner = "\n\n".join(filter(None, [shown, listed]))
    summary = f"{escaped(one.result.name)}: {escaped(one.result.question)}"
    return f"<details><summary>{summary}</summary>\n\n{inner}\n\n</details>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Return a table whose columns in `right` hold numbers."""
    rule = ["---:" if at in right else "---" for at in range(len(header))]
    lines = [header, rule, *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def escaped(text: str) -> str:
    """Return `text` as markdown shows it as it is, on one line."""
    return _MEANS_SOMETHING.sub(r"\\\1", " ".join(text.split()))
