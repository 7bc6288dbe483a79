"""`match`: values, alternatives, captures and sequences are decided, all other patterns are unknown."""

from __future__ import annotations

import ast

from airflow_tune.dags.interpret import doubt
from airflow_tune.dags.interpret.comparison import compared
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import Signal
from airflow_tune.dags.interpret.truth import truth
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.scope import Scope


def match(run: Run, node: ast.Match, scope: Scope) -> Signal:
    """Execute the first case that surely matches; where that is unknown, each in doubt."""
    subject = run.evaluate(node.subject, scope)
    for index, case in enumerate(node.cases):
        verdict = matches(run, case.pattern, subject, scope)
        if verdict is True and case.guard is not None:
            verdict = truth(run, run.evaluate(case.guard, scope))
        if verdict is True:
            return run.execute(case.body, scope)
        if isinstance(verdict, Unknown):
            return undecided(run, node, index, verdict, scope)
    return None


def undecided(run: Run, node: ast.Match, index: int, verdict: Unknown, scope: Scope) -> Signal:
    """Execute the cases from `index` on in doubt."""
    reason = Unknown(verdict.reason, verdict.line or node.lineno)
    for case in node.cases[index:]:
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                run.bind(scope, name, Unknown(reason.reason, reason.line))
    rest = [part for other in node.cases[index + 1 :] for part in other.body]
    return doubt.branches(run, reason, node.cases[index].body, rest, scope)


def matches(run: Run, pattern: ast.pattern, subject: object, scope: Scope) -> bool | Unknown:
    """Return whether a pattern matches."""
    if isinstance(pattern, ast.MatchValue):
        value = run.evaluate(pattern.value, scope)
        return truth(run, compared(run, ast.Eq, subject, value, pattern.lineno))
    if isinstance(pattern, ast.MatchSingleton):
        return truth(run, compared(run, ast.Is, subject, pattern.value, pattern.lineno))
    if isinstance(pattern, ast.MatchAs):
        return capture(run, pattern, subject, scope)
    if isinstance(pattern, ast.MatchOr):
        return alternatives(run, pattern, subject, scope)
    return Unknown("a structural pattern", pattern.lineno)


def capture(run: Run, pattern: ast.MatchAs, subject: object, scope: Scope) -> bool | Unknown:
    """Bind what `case name` or `case pattern as name` matches."""
    verdict = True if pattern.pattern is None else matches(run, pattern.pattern, subject, scope)
    if verdict is True and pattern.name:
        run.bind(scope, pattern.name, subject)
    return verdict


def alternatives(run: Run, pattern: ast.MatchOr, subject: object, scope: Scope) -> bool | Unknown:
    """Return whether one of several patterns matches."""
    unknown: bool | Unknown = False
    for part in pattern.patterns:
        verdict = matches(run, part, subject, scope)
        if verdict is True and unknown is False:
            return True
        unknown = verdict if isinstance(verdict, Unknown) and unknown is False else unknown
    return unknown
