"""The page of rules in docs/ is the one that is printed now, and its index leads to its sections."""

from __future__ import annotations

import re
from pathlib import Path

from airflow_tune.lint.catalog import BUILT_IN
from airflow_tune.report.rule_page import rules_markdown

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_in_docs_is_current():
    assert PAGE.read_text(encoding="utf-8") == rules_markdown(BUILT_IN.rules)


def test_each_rule_of_the_index_has_its_section():
    text = rules_markdown(BUILT_IN.rules)
    linked = re.findall(r"\]\(#([a-z0-9-]+)\)", text)
    headings = [one.lower().replace(" ", "-") for one in re.findall(r"^## (.+)$", text, re.MULTILINE)]
    assert linked == headings
    assert len(linked) == len(BUILT_IN.rules)
