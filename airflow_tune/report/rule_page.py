"""Rules as a page of Markdown: an index by group, and each rule under fixed headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from airflow_tune.lint.catalog import AnyRule
from airflow_tune.report.rule import group_of, shown

SPECIAL = re.compile(r"[*<\\[\\]]")
HEAD = """# Rules of airflow-tune lint

Made by `airflow-tune rules --format markdown`. One rule in the terminal: `airflow-tune lint --explain CODE`.
How rules are selected, silenced and configured: [commands.md](commands.md#airflow-tune-lint).
"""


def rules_markdown(rules: Sequence[AnyRule]) -> str:
    """Return the page of all rules."""
    return "\n".join([HEAD, *_index(rules), *(rule_markdown(rule) for rule in rules)]).rstrip() + "\n"


def rule_markdown(rule: AnyRule) -> str:
    """Return the section of one rule."""
    told = rule.explanation
    parts = [
        f"## {rule.code} {rule.name}\n\nSeverity: {rule.severity.value}\n",
        f"**What.** {_plain(told.what)}\n",
        f"**Why.** {_plain(told.why)}\n",
        f"**Example**\n\n{_code(told.example)}\n",
        f"**Instead.** {_plain(told.instead)}\n",
        f"**Fix.** {_plain(told.fix)}\n",
    ]
    if rule.options:
        rows = [f"- `{name}`: {shown(value)}" for name, value in rule.options.items()]
        parts.append("**Options**\n\n" + "\n".join(rows) + "\n")
    parts.append("**Sources**\n\n" + "\n".join(f"- {_link(source)}" for source in told.sources) + "\n")
    return "\n".join(parts)


def _index(rules: Iterable[AnyRule]) -> Iterator[str]:
    for group, members in groupby(rules, group_of):
        yield f"**{group}**\n\n| code | name | severity |\n|---|---|---|"
        yield from (
            f"| [{one.code}](#{_anchor(one)}) | {one.name} | {one.severity.value} |" for one in members
        )
        yield ""


def _anchor(rule: AnyRule) -> str:
    """Return the anchor that Markdown gives to a rule's heading."""
    return f"{rule.code} {rule.name}".lower().replace(" ", "-")


def _plain(text: str) -> str:
    """Return a text in which only what stands between backticks means something to Markdown."""
    parts = text.split("`")
    parts[::2] = [SPECIAL.sub(r"\\\g<0>", part) for part in parts[::2]]
    return "`".join(parts)


def _code(text: str) -> str:
    return f"```python\n{text.rstrip()}\n```"


def _link(source: str) -> str:
    return f"<{source}>" if source.startswith(("https://", "http://")) else source
