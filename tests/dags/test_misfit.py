"""Calls of classes that do not fit what was read of them: an error where that is sure, else doubt."""

from __future__ import annotations

import pytest

OPAQUE = {
    "operator": "class A(EmptyOperator):",
    "foreign base": "class A(elsewhere.Base):",
    "metaclass": "class A(metaclass=elsewhere.Meta):",
    "decorator": "@elsewhere.decorate\nclass A:",
}


@pytest.mark.parametrize("head", OPAQUE.values(), ids=OPAQUE)
@pytest.mark.parametrize("arguments", ["1, 2", "1, y=2", ""], ids=["many", "unexpected", "few"])
def test_what_unread_code_may_take_care_of_is_doubt(graph, head, arguments):
    dag = graph(
        f"import elsewhere\n{head}\n    def __init__(self, x):\n        self.x = x\n"
        f"with DAG('d'):\n    A({arguments})\n"
    )
    assert any("by what was read of the class" in str(reason) for reason in dag.why_partial)


@pytest.mark.parametrize("arguments", ["1, 2", "1, y=2", ""], ids=["many", "unexpected", "few"])
def test_what_surely_fails_is_an_error(read, arguments):
    found = read(
        f"class A:\n    def __init__(self, x):\n        self.x = x\nwith DAG('d'):\n    A({arguments})\n"
    )
    assert "raises TypeError: __init__()" in str(found.error)


def test_a_dag_that_such_a_call_is_given_is_in_doubt(graph):
    dag = graph(
        "class A(EmptyOperator):\n    def __init__(self, x, dag):\n        pass\n"
        "dag = DAG('d')\nA(1, 2, dag=dag)\n"
    )
    assert not dag.complete


def test_an_unread_base_may_make_tasks(graph):
    dag = graph(
        "import elsewhere\nclass A(elsewhere.Base):\n    def __init__(self):\n"
        "        super().__init__(task_id='a')\nwith DAG('d'):\n    A()\n"
    )
    assert "what the base of A does" in str(dag.why_partial[0])
