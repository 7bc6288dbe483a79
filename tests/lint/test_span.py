"""Each finding says where on its line it begins and where it ends."""

from __future__ import annotations

import pytest

from airflow_tune.lint.check import check
from airflow_tune.lint.rules import RULES


def spans(subject, text, code):
    rules = [rule for rule in RULES if rule.code == code]
    return [(one.origin.line, *one.span) for one in check(subject(text), rules) if one.code == code]


@pytest.mark.parametrize(
    ("code", "text", "span"),
    [
        ("AFT106", "from airflow import DAG\nimport time\nif 1:\n    time.sleep(1)\n", (4, 5, 4, 18)),
        (
            "AFT309",
            'from airflow import DAG\nwith DAG(\n    "a", schedule="@daily",\n):\n    pass\n',
            (2, 6, 4, 2),
        ),
    ],
)
def test_a_finding_spans_its_node_or_what_its_line_makes(subject, code, text, span):
    assert spans(subject, text, code) == [span]


def test_of_a_statement_with_a_body_only_its_first_line_is_shown(subject):
    text = (
        'from airflow.decorators import dag, task\n\n@dag(schedule="@daily")\ndef a():\n'
        "    @task\n    def b(): ...  \n    b()\na()\n"
    )
    found = spans(subject, text, "AFT309")
    assert all(line == end_line for line, _, end_line, _ in found)
    assert found
