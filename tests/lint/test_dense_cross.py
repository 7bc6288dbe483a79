"""AFT203 beyond its fixture: the task in between keeps the meaning of the lower level's trigger rule."""

from __future__ import annotations

import pytest

from airflow_tune.lint.rules.shape.dense_cross import RULE

FILE = """from airflow import DAG
from airflow.operators.empty import EmptyOperator
from airflow.models.baseoperator import cross_downstream

with DAG("d"):
    left = [EmptyOperator(task_id=f"a{{i}}") for i in range(11)]
    right = [EmptyOperator(task_id=f"b{{i}}"{}) for i in range(11)]
    cross_downstream(left, right)
"""
DEFAULT = FILE.replace('DAG("d")', 'DAG("d", default_args={{"trigger_rule": "all_done"}})')


def text_of(fix):
    return fix.edits[0].text if fix is not None else None


@pytest.mark.parametrize(
    ("given", "advice", "text"),
    [
        ("", "Put one EmptyOperator between", 'left >> EmptyOperator(task_id="join") >> right'),
        (
            ", trigger_rule='all_done'",
            'EmptyOperator(trigger_rule="all_done") between the two levels, with the rule of the lower level',
            'left >> EmptyOperator(task_id="join", trigger_rule="all_done") >> right',
        ),
        (", trigger_rule='one_failed'", "set its tasks to all_success", None),
        (", trigger_rule='all_done' if i else 'all_success'", "for each trigger_rule", None),
        (", trigger_rule='no rule'", "for each trigger_rule", None),
        (", trigger_rule=unknown()", "for each trigger_rule", None),
    ],
)
def test_the_task_in_between_has_the_rule_of_the_level_below(found_by, given, advice, text):
    (found,) = found_by(RULE, {"a_dag.py": f"from helpers import unknown\n{FILE.format(given)}"})
    assert advice in found.advice
    assert text_of(found.fix) == text


def test_a_rule_of_the_default_args_is_not_left_to_the_task_in_between(found_by):
    (found,) = found_by(RULE, {"a_dag.py": DEFAULT.format(", trigger_rule='all_success'")})
    assert text_of(found.fix) == 'left >> EmptyOperator(task_id="join", trigger_rule="all_success") >> right'
