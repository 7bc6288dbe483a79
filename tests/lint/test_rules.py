"""Every rule fires where its fixture expects it and nowhere else, is explained, and is listed once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflow_tune.lint.check import check
from airflow_tune.lint.rules import RULES

FIXTURES = Path(__file__).parent.parent / "fixtures" / "lint"
EXPECT = re.compile(r"# expect: (AFT\d+)")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rules_fire_where_expected_and_only_there(rule, subject):
    text = (FIXTURES / f"{rule.code}.py").read_text(encoding="utf-8")
    lines = text.splitlines()
    expected = [number for number, line in enumerate(lines, 1) if rule.code in EXPECT.findall(line)]
    silent = [line for line in lines if "# expect" not in line]
    found = subject(text)
    assert found.graph.error is None
    assert [one.origin.line for one in check(found, [rule])] == expected
    assert expected
    assert len(silent) > len(expected)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rules_are_explained(rule):
    texts = rule.explanation
    assert all((texts.what, texts.why, texts.example, texts.instead, texts.fix, texts.sources))
    assert re.fullmatch(r"AFT\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)


def test_rules_are_listed_once_in_order_and_each_has_its_file():
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(codes)
    files = list(Path(check.__code__.co_filename).parent.joinpath("rules").glob("[!_]*.py"))
    assert len(files) == len(codes)
    assert sorted(path.stem for path in FIXTURES.glob("*.py")) == codes
