"""What each fix makes of a source: NAME.before becomes NAME.after, and NAME.kept has no sure edit."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from airflow_tune.lint.check import check
from airflow_tune.lint.edit import apply_fixes
from airflow_tune.lint.rules import RULES

CASES = Path(__file__).parent.parent / "fixtures" / "mending"


def mended(subject, code, text):
    """Return a text after the fixes of one rule, how often it fired; the text is Python before and after."""
    ast.parse(text)
    found = [
        one for one in check(subject(text), [rule for rule in RULES if rule.code == code]) if one.code == code
    ]
    done = apply_fixes(text, [one.fix for one in found if one.fix]).text
    ast.parse(done)
    return done, len(found)


def cases(ending):
    return sorted(path.stem for path in CASES.glob(f"*.{ending}"))


def source(case, ending):
    return (CASES / f"{case}.{ending}").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases("before"))
def test_a_fix_changes_what_it_is_about_and_nothing_else(subject, case):
    code, before, after = case[:6], source(case, "before"), source(case, "after")
    assert mended(subject, code, before)[0] == after
    assert mended(subject, code, after) == (after, 0)


@pytest.mark.parametrize("case", cases("kept"))
def test_where_no_edit_is_sure_there_is_none(subject, case):
    text = source(case, "kept")
    done, count = mended(subject, case[:6], text)
    assert done == text
    assert count
