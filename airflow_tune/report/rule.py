"""Rules, one explained or all listed, as text and as JSON (`airflow-tune/rule/1`, `airflow-tune/rules/1`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from airflow_tune import __version__
from airflow_tune.findings import Severity
from airflow_tune.lint.catalog import AnyRule
from airflow_tune.report.finding_text import STYLE
from airflow_tune.report.jsonable import Json
from airflow_tune.report.page import Page

RULE_SCHEMA = "airflow-tune/rule/1"
LIST_SCHEMA = "airflow-tune/rules/1"
GROUPS = {
    "AFT0": "The files themselves",
    "AFT1": "Parse time",
    "AFT2": "Shape of the DAG",
    "AFT3": "Scheduling and limits",
    "AFT4": "Pools and priority",
    "AFT5": "Data access",
    "AFT6": "CPU, memory, files, processes",
    "AFT7": "Reliability",
    "AFT8": "Waiting and XCom",
}


def rule_text(rule: AnyRule, *, width: int, colour: bool) -> str:
    """Return what a rule looks for, why, and what to write instead."""
    page = Page(width=width, colour=colour)
    page.line(f"{rule.code} {rule.name} ({rule.severity.value})", style="bold")
    for label, text in _told(rule):
        page.labelled(label, text, indent=2, width=9)
    return page.text()


def _told(rule: AnyRule) -> list[tuple[str, str]]:
    told = rule.explanation
    options = [f"{name} = {shown(value)}" for name, value in rule.options.items()]
    return [
        ("what", told.what),
        ("why", told.why),
        ("example", told.example),
        ("instead", told.instead),
        ("fix", told.fix),
        *(("option", option) for option in options),
        *(("source", source) for source in told.sources),
    ]


def rule_json(rule: AnyRule) -> Json:
    """Return the same for machines."""
    told = rule.explanation
    return {
        "schema": RULE_SCHEMA,
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "what": told.what,
        "why": told.why,
        "example": told.example,
        "instead": told.instead,
        "fix": told.fix,
        "options": {name: plain(value) for name, value in rule.options.items()},
        "sources": list(told.sources),
    }


def plain(value: object) -> object:
    """Return an option's default as JSON and TOML write it."""
    return sorted(value) if isinstance(value, (set, frozenset, tuple, list)) else value


def shown(value: object) -> str:
    """Return an option's default as text."""
    found = plain(value)
    return ", ".join(map(str, found)) if isinstance(found, list) else str(found)


def group_of(rule: AnyRule) -> str:
    """Return what a rule's group of codes is about."""
    return GROUPS.get(rule.code[:4], "Added by other distributions")


def rules_text(rules: Sequence[AnyRule], *, width: int, colour: bool) -> str:
    """Return all rules, by group, one line each."""
    page = Page(width=width, colour=colour)
    widest = max(len(rule.name) for rule in rules)
    group = ""
    for rule in rules:
        if group_of(rule) != group:
            group = group_of(rule)
            page.heading(group)
        row = f"{rule.code}  {rule.name:<{widest}}  {rule.severity.value}"
        page.line(row, style=STYLE[rule.severity], indent=2)
    counts = [f"{sum(rule.severity is one for rule in rules)} {one.value}" for one in reversed(Severity)]
    page.heading(f"{len(rules)} rules ({', '.join(counts)}); one in full: airflow-tune lint --explain CODE")
    return page.text()


def rules_json(rules: Iterable[AnyRule]) -> Json:
    """Return all rules for machines."""
    found = [{**rule_json(rule), "group": group_of(rule)} for rule in rules]
    for one in found:
        del one["schema"]
    return {"schema": LIST_SCHEMA, "tool_version": __version__, "rules": found}
