"""Plain Python inside DAG files: each snippet's task ids are those that Python itself comes to."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from airflow_tune.dags.model import Unknown

FIXTURES = Path(__file__).parent.parent / "fixtures" / "dags"
EXPRESSIONS = (FIXTURES / "expressions.txt").read_text(encoding="utf-8").splitlines()
# Snippets, each behind a line with its name.
STATEMENTS = dict(
    part.split("\n", 1)
    for part in (FIXTURES / "statements.txt").read_text(encoding="utf-8").split("### ")[1:]
)

# What is not worked out is said to be unknown, and no answer is made up in its stead.
UNKNOWN = [
    "pow(2, 3)", "format(3, '03d')", "issubclass(int, object)",
    "__import__('math').ceil(1.2)", "eval('1 + 1')", "hash(1)", "compile", "breakpoint", "memoryview(b'a')",
]  # fmt: skip


def python(code, monkeypatch):
    """Return the texts that `t` is called with when Python runs the code."""
    said = []
    module = types.ModuleType("dag_file")
    module.t = lambda value: said.append(str(value))
    # Dataclasses look their module up.
    monkeypatch.setitem(sys.modules, "dag_file", module)
    exec(code, vars(module))  # noqa: S102 - the oracle
    return said


@pytest.mark.parametrize("code", EXPRESSIONS)
def test_an_expression_is_what_python_says(graph, code):
    dag = graph(f"dag = DAG('d')\nEmptyOperator(task_id=str({code}), dag=dag)\n")
    assert ([task.task_id for task in dag.tasks], dag.complete) == ([str(eval(code))], True)  # noqa: S307


@pytest.mark.parametrize("code", STATEMENTS.values(), ids=STATEMENTS)
def test_statements_do_what_python_does(graph, code, monkeypatch):
    dag = graph(
        "dag = DAG('d')\nmade = []\ndef t(value):\n"
        "    made.append(1)\n    EmptyOperator(task_id=f'{len(made)}:{value}', dag=dag)\n" + code
    )
    expected = [f"{number}:{text}" for number, text in enumerate(python(code, monkeypatch), 1)]
    assert [task.task_id for task in dag.tasks] == expected
    assert dag.complete, dag.why_partial


@pytest.mark.parametrize("code", UNKNOWN)
def test_what_is_not_worked_out_is_unknown(graph, code):
    dag = graph(f"dag = DAG('d')\nEmptyOperator(task_id=str({code}), dag=dag)\n")
    assert [isinstance(task.task_id, Unknown) for task in dag.tasks] == [True]
    assert not dag.complete


def test_an_order_by_an_unread_key_is_in_doubt(graph):
    dag = graph(
        "import operator\ndag = DAG('d')\n"
        "for x in sorted(['b', 'a'], key=operator.itemgetter(0)): EmptyOperator(task_id=x, dag=dag)\n"
    )
    assert not dag.complete


TOLD = '"""Told."""\nfrom airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\n'


def test_a_file_knows_its_docstring(read):
    found = read("with DAG('d', doc_md=__doc__.strip()):\n    EmptyOperator(task_id='a')\n", head=TOLD)
    assert found.error is None
    assert found.dags[0].arguments["doc_md"] == "Told."
