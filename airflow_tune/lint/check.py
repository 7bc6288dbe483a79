"""Check one file against rules: hits become findings, comments silence them, unused comments are told."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_tune.findings import Layer, Severity
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject
from airflow_tune.lint.suppression import Suppression, suppressions
from airflow_tune.lint.violation import Violation
from airflow_tune.origins import Origin, OriginKind


def nowhere(_subject: Subject) -> Iterable[Hit]:
    """Return no hit: whether a comment is used shows only after all rules have run."""
    return ()


UNUSED = Rule(
    "AFT001",
    "unused-suppression",
    Severity.INFO,
    Explanation(
        what="A comment silences a rule on a line where that rule finds nothing.",
        why="It would hide the next real finding on that line.",
        example="x = 1  # airflow-tune: ignore[AFT106]",
        instead="Remove the comment.",
        fix="Safe: only a comment goes.",
        sources=("https://docs.astral.sh/ruff/rules/unused-noqa/",),
    ),
    nowhere,
)


def check(subject: Subject, rules: Iterable[Rule]) -> list[Violation]:
    """Return the findings of a file, by line and code."""
    silent = suppressions(subject.lines)
    used: set[int] = set()
    found = []
    for rule in rules:
        # A place in a loop or factory that makes many tasks is told once, by its first.
        hits = {(hit.file, hit.line): hit for hit in reversed(list(rule.check(subject)))}
        for hit in hits.values():
            comment = silent.get(hit.line) if hit.file in ("", subject.file) else None
            if comment is not None and comment.covers(rule.code):
                used.add(hit.line)
            else:
                found.append(finding(subject, rule, hit))
    found.extend(unused(subject, comment) for line, comment in silent.items() if line not in used)
    return sorted(found, key=lambda one: (one.origin.line or 0 if one.origin else 0, one.code))


def finding(subject: Subject, rule: Rule, hit: Hit) -> Violation:
    """Return a hit as a finding."""
    origin = Origin(OriginKind.FILE, hit.file or subject.file, hit.line)
    return Violation(
        rule.code,
        rule.name,
        rule.severity,
        Layer.APPLICATION,
        hit.message,
        rule.explanation.instead,
        origin=origin,
        fix=hit.fix,
    )


def unused(subject: Subject, comment: Suppression) -> Violation:
    """Return the finding for a comment that silences nothing."""
    codes = ", ".join(comment.codes) or "any rule"
    return Violation(
        UNUSED.code,
        UNUSED.name,
        UNUSED.severity,
        Layer.APPLICATION,
        f"the comment silences {codes}, but nothing fires here",
        UNUSED.explanation.instead,
        origin=Origin(OriginKind.FILE, subject.file, comment.line),
        fix=without(subject, comment),
    )


def without(subject: Subject, comment: Suppression) -> Fix | None:
    """Return the fix that removes a comment, None where it says something else too."""
    line = subject.lines[comment.line - 1]
    begin = line.index(comment.text)
    if line[begin + len(comment.text) :].strip():
        return None
    kept = line[:begin] + comment.rest if comment.rest else line[:begin].rstrip()
    if not kept:
        return Fix((Edit(comment.line, 0, comment.line + 1, 0, ""),), safe=True)
    return Fix((Edit(comment.line, 0, comment.line, len(line.encode()), kept),), safe=True)
