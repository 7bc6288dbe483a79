"""Check one file against rules: hits become findings, comments silence them, unused comments are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from airflow_tune.findings import Layer
from airflow_tune.lint.facts import FileFacts, facts_of
from airflow_tune.lint.fingerprint import anonymous, digest, identified
from airflow_tune.lint.naming import readable, told
from airflow_tune.lint.pricing import priced
from airflow_tune.lint.project import Knowledge, ProjectRule, ProjectSubject, judge
from airflow_tune.lint.rule import Hit, Rule
from airflow_tune.lint.silence import Silence, place_of
from airflow_tune.lint.span import span_of
from airflow_tune.lint.subject import Subject
from airflow_tune.lint.suppression import Suppression, suppressions
from airflow_tune.lint.violation import Violation
from airflow_tune.origins import Origin, OriginKind


class Examined(NamedTuple):
    """One file as its rules left it: what they found, its comments by line, and its facts for the project.

    It holds plain values only, so that another process may make it and a file may keep it.
    """

    file: str
    findings: tuple[Violation, ...]
    comments: Mapping[int, Suppression]
    facts: FileFacts
    notes: tuple[str, ...] = ()


def examine(subject: Subject, rules: Iterable[Rule]) -> Examined:
    """Return what rules find in a file, comments not yet heeded."""
    found: list[Violation] = []
    notes, deep = [], []
    for rule in () if subject.is_test or subject.is_application else rules:
        try:
            found += findings_of(rule, subject)
        except RecursionError:  # noqa: PERF203 - a rule that cannot follow silences no other
            deep.append(rule.code)
        except Exception as failure:  # noqa: BLE001 - a fault of one rule silences no other
            why = f"{rule.code} failed ({type(failure).__name__})"
            notes.append(f"{subject.file}: {why}; please report the file")
    if deep:
        notes.append(f"{subject.file}: not judged by {', '.join(deep)}: expressions are nested too deep")
    if subject.graph.limit is not None:
        notes.append(f"{subject.file}: not read to its end: {subject.graph.limit}")
    comments = suppressions(subject.lines)
    facts = facts_of(subject)
    return Examined(subject.file, tuple(identified(subject, found)), comments, facts, tuple(notes))


def findings_of(rule: Rule, subject: Subject) -> list[Violation]:
    """Return what a rule finds; a place in a loop or factory that makes many tasks is told once."""
    hits = {(hit.file, hit.line): hit for hit in reversed(list(rule.check(subject)))}
    return [
        replace(finding(subject.file, rule, told(subject, hit)), span=span_of(subject, hit))
        for hit in hits.values()
    ]


def check(subject: Subject, rules: Iterable[Rule]) -> list[Violation]:
    """Return the findings of a file, by line and code."""
    return settle([examine(subject, rules)])


def check_project(
    files: Sequence[Examined], knowledge: Knowledge, rules: Sequence[ProjectRule]
) -> list[Violation]:
    """Return the findings of all files, those of the project's rules among them."""
    subject = ProjectSubject(tuple(one.facts for one in files), knowledge)
    across = [across_finding(rule, hit) for rule, hit in judge(subject, rules)]
    unjudged = [rule.code for rule in rules if not all(map(knowledge.has, rule.needs))]
    return priced(settle(files, across, unjudged), subject)


def settle(
    files: Sequence[Examined], across: Iterable[Violation] = (), unjudged: Sequence[str] = ()
) -> list[Violation]:
    """Return what comments do not silence, and comments that silence nothing, by files, lines and codes.

    A comment on a rule that could not be judged may well silence something.
    """
    order = {one.file: number for number, one in enumerate(files)}
    silence = Silence({one.file: one.comments for one in files})
    found: dict[tuple[str, int, str], Violation] = {}
    for one in [*(each for file in files for each in file.findings), *across]:
        if not silence.covers(one):
            # A module that several files import is found wanting once.
            found.setdefault((*place_of(one), one.code), one)
    idle = silence.unused(unjudged)
    return sorted(
        [*found.values(), *idle],
        key=lambda each: (order.get(place_of(each)[0], len(order)), *place_of(each), each.code),
    )


def finding(file: str, rule: Rule | ProjectRule, hit: Hit) -> Violation:
    """Return a hit as a finding."""
    return Violation(
        rule.code,
        rule.name,
        hit.severity or rule.severity,
        Layer.APPLICATION,
        readable(hit.message),
        readable(hit.advice) or rule.explanation.instead,
        hit.evidence,
        Origin(OriginKind.FILE, hit.file or file, hit.line),
        fix=hit.fix,
        about=hit.about,
    )


def across_finding(rule: ProjectRule, hit: Hit) -> Violation:
    """Return a hit of a project's rule as a finding."""
    found = finding(hit.file, rule, hit)
    return replace(found, fingerprint=digest(f"{rule.code}\0{anonymous(hit.message)}"))
