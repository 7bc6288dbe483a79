from __future__ import annotations

import pytest

from airflow_tune.lint.check import check
from airflow_tune.lint.rules import RULES

SLEEP = "import time\ntime.sleep(1){}\nfrom airflow import DAG\n"


def codes(found):
    return [(one.code, one.origin.line) for one in found]


@pytest.mark.parametrize(
    "comment",
    [
        "# airflow-tune: ignore",
        "# airflow-tune: ignore[AFT106]",
        "# airflow-tune: ignore[AFT1]",
        "# AIRFLOW-TUNE:ignore[aft999, aft106]",
        "# noqa: AFT106",
        "# noqa: E501, AFT106",
    ],
)
def test_comments_silence_their_line(subject, comment):
    assert check(subject(SLEEP.format("  " + comment)), RULES) == []


@pytest.mark.parametrize("comment", ["", "# noqa: E501", "# airflow-tune: ignored"])
def test_other_comments_do_not(subject, comment):
    found = codes(check(subject(SLEEP.format("  " + comment)), RULES))
    assert ("AFT106", 2) in found or comment.endswith("ignored")


def test_a_comment_that_silences_nothing_is_told(subject):
    (one,) = check(subject("x = 1  # airflow-tune: ignore[AFT106]\n"), RULES)
    assert (one.code, one.name, one.origin.line) == ("AFT001", "unused-suppression", 1)
    assert "silences AFT106" in one.message


def test_a_wrong_code_silences_nothing(subject):
    found = codes(check(subject(SLEEP.format("  # airflow-tune: ignore[AFT201]")), RULES))
    assert found == [("AFT001", 2), ("AFT106", 2)]


def test_findings_say_where_and_what_instead(subject):
    (one,) = check(subject(SLEEP.format("")), RULES)
    assert str(one.origin).endswith("a_dag.py:2")
    assert "Wait in a sensor" in one.advice
