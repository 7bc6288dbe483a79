"""Check one file against rules: hits become findings, comments silence them, unused comments are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from airflow_tune.findings import Layer, Severity
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.facts import FileFacts, facts_of
from airflow_tune.lint.project import Knowledge, ProjectRule, ProjectSubject, judge
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


class Comment(NamedTuple):
    """A comment that silences rules, and the finding that it is when it silences nothing."""

    suppression: Suppression
    unused: Violation


class Examined(NamedTuple):
    """One file as its rules left it: what they found, its comments by line, and its facts for the project.

    It holds plain values only, so that another process may make it and a file may keep it.
    """

    file: str
    findings: tuple[Violation, ...]
    comments: Mapping[int, Comment]
    facts: FileFacts


def examine(subject: Subject, rules: Iterable[Rule]) -> Examined:
    """Return what rules find in a file, comments not yet heeded."""
    found = []
    for rule in rules:
        # A place in a loop or factory that makes many tasks is told once, by its first.
        hits = {(hit.file, hit.line): hit for hit in reversed(list(rule.check(subject)))}
        found += [finding(subject.file, rule, hit) for hit in hits.values()]
    silent = suppressions(subject.lines)
    comments = {line: Comment(comment, unused(subject, comment)) for line, comment in silent.items()}
    return Examined(subject.file, tuple(found), comments, facts_of(subject))


def check(subject: Subject, rules: Iterable[Rule]) -> list[Violation]:
    """Return the findings of a file, by line and code."""
    return settle([examine(subject, rules)])


def check_project(
    files: Sequence[Examined], knowledge: Knowledge, rules: Iterable[ProjectRule]
) -> list[Violation]:
    """Return the findings of all files, those of the project's rules among them."""
    subject = ProjectSubject(tuple(one.facts for one in files), knowledge)
    return settle(files, [finding(hit.file, rule, hit) for rule, hit in judge(subject, rules)])


def settle(files: Sequence[Examined], across: Iterable[Violation] = ()) -> list[Violation]:
    """Return what comments do not silence, and comments that silence nothing, by files, lines and codes."""
    comments = {one.file: one.comments for one in files}
    order = {one.file: number for number, one in enumerate(files)}
    used: set[tuple[str, int]] = set()
    found = []
    for one in files:
        # A comment silences what its own file is found to do, not what others find there.
        found += [each for each in one.findings if not _silenced(each, {one.file: one.comments}, used)]
    found += [each for each in across if not _silenced(each, comments, used)]
    for one in files:
        found += [comment.unused for line, comment in one.comments.items() if (one.file, line) not in used]
    return sorted(found, key=lambda each: (order.get(_at(each)[0], len(order)), *_at(each), each.code))


def _at(one: Violation) -> tuple[str, int]:
    return (one.origin.where, one.origin.line or 0) if one.origin else ("", 0)


def _silenced(
    one: Violation, comments: Mapping[str, Mapping[int, Comment]], used: set[tuple[str, int]]
) -> bool:
    file, line = _at(one)
    comment = comments.get(file, {}).get(line)
    if comment is None or not comment.suppression.covers(one.code):
        return False
    used.add((file, line))
    return True


def finding(file: str, rule: Rule | ProjectRule, hit: Hit) -> Violation:
    """Return a hit as a finding."""
    return Violation(
        rule.code,
        rule.name,
        rule.severity,
        Layer.APPLICATION,
        hit.message,
        hit.advice or rule.explanation.instead,
        hit.evidence,
        Origin(OriginKind.FILE, hit.file or file, hit.line),
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
