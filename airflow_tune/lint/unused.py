"""AFT001: a comment, or one code in it, that silences nothing."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_tune.findings import Layer, Severity
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.fingerprint import digest
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject
from airflow_tune.lint.suppression import Suppression
from airflow_tune.lint.violation import Violation
from airflow_tune.origins import Origin, OriginKind


def nowhere(_subject: Subject) -> Iterable[Hit]:
    """Return no hit: whether a comment is used shows only after all rules have run."""
    return ()


RULE = Rule(
    "AFT001",
    "unused-suppression",
    Severity.INFO,
    Explanation(
        what="A comment silences a rule on a line where that rule finds nothing.",
        why="It would hide the next real finding on that line.",
        example="x = 1  # airflow-tune: ignore[AFT106]",
        instead="Remove the comment, or the code in it.",
        fix="Safe: only a comment goes.",
        sources=("https://docs.astral.sh/ruff/rules/unused-noqa/",),
    ),
    nowhere,
)


def unused(file: str, comment: Suppression, used: set[str]) -> Violation | None:
    """Return the finding for a comment of which only `used` codes silence something, None where all do."""
    idle = tuple(code for code in comment.codes if code not in used)
    if used and not idle:
        return None
    told = ", ".join(idle) or "any rule"
    where = "in this file" if comment.whole else "here"
    fix = without(comment, tuple(code for code in comment.codes if code in used))
    plain = fix is not None and comment.text.isascii()
    return Violation(
        RULE.code,
        RULE.name,
        RULE.severity,
        Layer.APPLICATION,
        f"the comment silences {told}, but nothing of it fires {where}",
        RULE.explanation.instead,
        origin=Origin(OriginKind.FILE, file, comment.line),
        fix=fix,
        fingerprint=digest(f"{RULE.code}\0{comment.text.strip()}\0{told}"),
        # With other characters before it, bytes are no code points; only reports for others miss the fix.
        columns=tuple((edit.column, edit.end_column) for edit in fix.edits) if fix and plain else (),
    )


def without(comment: Suppression, codes: tuple[str, ...]) -> Fix | None:
    """Return the fix that leaves a comment with `codes`, None where more is said behind it."""
    if comment.tail:
        return None
    left, line = comment.with_codes(codes), comment.line
    if left:
        return Fix((Edit(line, comment.column, line, comment.end_column, left),), safe=True)
    if not comment.text:
        return Fix((Edit(line, 0, line + 1, 0, ""),), safe=True)
    return Fix((Edit(line, len(comment.text.encode()), line, comment.end_column, ""),), safe=True)
