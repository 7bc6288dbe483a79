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


HELPER = {
    "helper.py": """
    def first(values):
        return values["first"]

    def outer(*, name):
        return name
    """
}


@pytest.mark.parametrize("call", ["helper.first({})", "helper.outer()"], ids=["body", "arguments"])
def test_what_a_helper_seems_to_raise_ends_the_reading_and_is_no_error(read, call):
    found = read(f"import helper\nwith DAG('d'):\n    EmptyOperator(task_id='a')\n    {call}\n", HELPER)
    assert found.error is None
    assert "a function of helper.py raises" in str(found.limit)
    assert not found.dags[0].complete


def test_what_a_function_of_the_file_raises_is_an_error(read):
    found = read("def first(values):\n    return values['first']\nfirst({})\n", HELPER)
    assert "raises KeyError" in str(found.error)


def test_operators_of_the_project_are_given_the_merged_default_args(graph):
    dag = graph(
        "class A(EmptyOperator):\n    def __init__(self, **kwargs):\n"
        "        self.kept = kwargs['default_args'].get('retries', 0)\n        super().__init__(**kwargs)\n"
        "with DAG('d', default_args={'retries': 2}):\n    A(task_id='a')\n    B = A(task_id='b')\n"
        "    EmptyOperator(task_id=f'c{B.kept}')\n"
    )
    assert dag.complete
    assert [task.task_id for task in dag.tasks] == ["a", "b", "c2"]
    assert dag.tasks[0].arguments["retries"] == 2


def test_what_an_operator_adds_to_a_dict_is_unknown(graph):
    dag = graph(
        "op = None\nwith DAG('d'):\n    op = EmptyOperator(task_id='a', json={'a': 1})\n"
        "    EmptyOperator(task_id=op.json['b'])\n"
    )
    assert not dag.complete
