from __future__ import annotations

import pytest

from airflow_tune.findings import Severity
from airflow_tune.lint.check import check, examine, settle
from airflow_tune.lint.edit import apply_fixes
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
        "# AIRFLOW-TUNE:ignore[aft106]",
        "# noqa: AFT106",
        "# noqa: E501, AFT106",
    ],
)
def test_comments_silence_their_line(subject, comment):
    assert check(subject(SLEEP.format("  " + comment)), RULES) == []


@pytest.mark.parametrize("comment", ["", "# noqa: E501", "# airflow-tune: ignored", "# noqa: because AFT106"])
def test_other_comments_do_not(subject, comment):
    found = codes(check(subject(SLEEP.format("  " + comment)), RULES))
    assert found == [("AFT106", 2)]


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


def test_a_hit_may_weigh_less_than_its_rule(subject):
    dag = "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\nwith DAG('d'):\n"
    dag += "    a, b = EmptyOperator(task_id='a'), EmptyOperator(task_id='b')\n"
    twice = check(subject(dag + "    a >> b\n    a >> b\n"), RULES)
    circle = check(subject(dag + "    a >> b\n    b >> a\n"), RULES)
    weights = [[one.severity for one in found if one.code == "AFT211"] for found in (twice, circle)]
    assert weights == [[Severity.WARN], [Severity.ERROR]]


@pytest.mark.parametrize("comment", ["# airflow-tune: ignore-file", "# airflow-tune: ignore-file[AFT106]"])
def test_a_comment_for_the_file_silences_all_its_lines(subject, comment):
    assert check(subject(SLEEP.format("") + SLEEP.format("") + comment + "\n"), RULES) == []
    (one,) = check(subject(f"x = 1\n{comment}\n"), RULES)
    assert (one.code, one.origin.line) == ("AFT001", 2)
    assert one.message.endswith("fires in this file")


def test_only_comments_are_comments(subject):
    text = SLEEP.format("") + "x = '''\ntime.sleep(1)  # airflow-tune: ignore-file\n'''\n"
    assert codes(check(subject(text), RULES)) == [("AFT106", 2)]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (
            "time.sleep(1)  # airflow-tune: ignore[AFT106, AFT201]",
            "time.sleep(1)  # airflow-tune: ignore[AFT106]",
        ),
        ("time.sleep(1)  # noqa: E501, AFT201, AFT106", "time.sleep(1)  # noqa: AFT106, E501"),
        ("y = 'ä'  # noqa: E501, AFT201", "y = 'ä'  # noqa: E501"),
        ("y = 'ä'  # airflow-tune: ignore[AFT201]", "y = 'ä'"),
        ("y = 'ä'  # airflow-tune: ignore[AFT201] as it must be", None),
        ("# airflow-tune: ignore-file[AFT201]", ""),
    ],
)
def test_codes_that_silence_nothing_go_and_the_others_stay(subject, line, left):
    found = subject(f"import time\n{line}\nx = 1\n")
    (one,) = (each for each in check(found, RULES) if each.code == "AFT001")
    if left is None:
        assert one.fix is None
    else:
        text = apply_fixes(found.text, [one.fix]).text
        assert text == f"import time\n{left}\nx = 1\n".replace("\n\n", "\n")
        assert [each for each in check(subject(text), RULES) if each.code == "AFT001"] == []


def test_a_rule_that_could_not_judge_may_be_silenced(subject):
    found = [examine(subject("x = 1  # airflow-tune: ignore[AFT402]\n"), RULES)]
    assert settle(found, (), ["AFT402"]) == []
    assert [one.code for one in settle(found)] == ["AFT001"]


def fingerprints(found):
    return [(one.code, one.fingerprint) for one in found]


def test_fingerprints_stay_when_lines_move_and_tell_equal_lines_apart(subject):
    sleeps = "    time.sleep(60)\n    time.sleep(60)\ntime.sleep(60)\n"
    text = f"import time\nfrom airflow import DAG\ndef f():\n{sleeps}"
    before = fingerprints(check(subject(text), RULES))
    assert len(before) == len(set(before)) == 3
    moved = "\n# new\n" + text.replace("def f", "x = 1\n\n\ndef f").replace("    time", "        time")
    assert fingerprints(check(subject(moved), RULES)) == before
    other = fingerprints(check(subject(text.replace("def f", "def g")), RULES))
    assert len(set(other) & set(before)) == 1


def test_what_is_nested_too_deep_for_a_rule_is_a_note_of_its_own(subject):
    lines = ["def task(cursor):", "    cursor.execute('SELECT * FROM a')", "    return f" + ".a()" * 700]
    found = examine(subject("\n".join(lines)), RULES)
    told = [note for note in found.notes if "not judged by" in note]
    assert len(told) == 1
    assert "AFT505" in told[0]
    assert not any("please report" in note for note in found.notes)
