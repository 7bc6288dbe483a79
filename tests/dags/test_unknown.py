"""What cannot be known is said, with its reason, and nothing is invented in a complete graph."""

from __future__ import annotations

import pytest

from airflow_tune.dags.model import Unknown

CASES = {
    "variable": ("for x in Variable.get('tables').split(','): t(x)", "the Variable 'tables'"),
    "environment": ("if os.environ.get('X') == 'y': t('a')", "the environment variable 'X'"),
    "item of the environment": ("t(os.environ['X'])", "the environment variable 'X'"),
    "clock": ("if datetime.now().hour > 3: t('a')", "the clock"),
    "unread package": ("import company\ncompany.add(dag)", "company.add() adds is not read"),
    "chance": ("import random\nfor i in range(random.randint(1, 3)): t(str(i))", "chance"),
    "exec": ("with dag: exec('x')", "exec()"),
    "file": ("for x in open('/etc/passwd'): t(x)", "the content of a file"),
    "list grown in doubt": ("a = []\nif os.getenv('X'): a.append('b')\nfor x in a: t(x)", "environment"),
    "number chosen in doubt": (
        "n = 1\nif os.getenv('X'): n = 2\nfor i in range(n): t(str(i))",
        "environment",
    ),
    "spread": ("EmptyOperator(dag=dag, **Variable.get('x', deserialize_json=True))", "the Variable 'x'"),
    "group": ("with dag:\n    with TaskGroup(os.getenv('G')) as g: t('a')", "a group_id depends on"),
    "while": ("while Variable.get('x'): t('a')", "the Variable 'x'"),
    "early return": ("def f():\n    if Variable.get('x'): return\n    t('a')\nf()", "the Variable 'x'"),
    "match": ("match os.getenv('X'):\n    case 'a': t('a')\n    case _: t('b')", "environment"),
    "dag of a task": ("EmptyOperator(task_id='a', dag=company.dag)", None),
}


@pytest.mark.parametrize(("code", "reason"), CASES.values(), ids=CASES)
def test_a_graph_that_depends_on_run_time_inputs_is_partial_and_says_why(read, code, reason):
    head = "import os, company\nfrom airflow.models import Variable\ndag = DAG('d')\n"
    helper = "def t(name): return EmptyOperator(task_id=name, dag=dag)\n"
    found = read(head + helper + code + "\n")
    assert found.error is None
    if reason is not None:
        assert any(reason in why.reason for why in found.dags[0].why_partial), found.dags[0].why_partial
        assert all(why.line for why in found.dags[0].why_partial)


def test_the_default_that_the_source_names_is_followed_and_still_partial(graph):
    dag = graph("""
        import os
        env = os.environ.get("ENV", "dev")
        with DAG("d"):
            for name in {"dev": ["a", "b"], "prod": ["c"]}[env]:
                EmptyOperator(task_id=f"{env}_{name}")
    """)
    assert [task.key for task in dag.tasks] == ["dev_a", "dev_b"]
    assert not dag.complete


def test_one_or_more_of_these_is_one_task_of_unknown_id(graph):
    dag = graph("""
        from airflow.models import Variable
        with DAG("d"):
            for name in Variable.get("names"):
                EmptyOperator(task_id=f"t_{name}") >> EmptyOperator(task_id="end")
    """)
    assert isinstance(dag.tasks[0].task_id, Unknown)
    assert dag.tasks[1].task_id == "end"
    assert len(dag.edges) == 1


def test_unknown_arguments_leave_the_graph_complete(graph):
    dag = graph("""
        import os, company
        with DAG("d", schedule=os.getenv("S")):
            BashOperator(task_id="a", bash_command=company.command)
    """)
    assert dag.complete
    assert isinstance(dag.arguments["schedule"], Unknown)


def test_an_unknown_dag_id_is_a_reason(read):
    (dag,) = read("import os\ndag = DAG(os.environ['ID'])\n").dags
    assert "the dag_id is the environment variable 'ID'" in dag.why_partial[0].reason
    assert str(dag.why_partial[0]).endswith("(line 11)")


def test_conditions_on_known_values_leave_no_doubt(graph):
    dag = graph("""
        PROD = False
        with DAG("d"):
            if PROD:
                EmptyOperator(task_id="a")
            elif not PROD and __name__ != "__main__":
                EmptyOperator(task_id="b")
    """)
    assert [task.key for task in dag.tasks] == ["b"]
    assert dag.complete


def test_both_sides_of_an_unknown_condition_are_read(graph):
    dag = graph("""
        import company
        with DAG("d"):
            if company.flag:
                last = EmptyOperator(task_id="a")
            else:
                last = EmptyOperator(task_id="b")
            last >> EmptyOperator(task_id="c")
    """)
    assert [task.key for task in dag.tasks] == ["a", "b", "c"]
    assert not dag.complete


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise RuntimeError('no')\n", "raises RuntimeError"),
        ("x = {}['k']\n", "raises KeyError"),
        (
            "with DAG('d'):\n    EmptyOperator(task_id='a')\n    EmptyOperator(task_id='a')\n",
            "DuplicateTaskIdFound",
        ),
        ("def f(a): ...\nf()\n", "misses the argument 'a'"),
        ("def f(a): ...\nf(1, 2)\n", "too many arguments"),
        ("def f(a): ...\nf(1, b=2)\n", "unexpected argument 'b'"),
        ("a, b = [1]\n", "values to unpack"),
        ("nothing\n", "name 'nothing' is not defined"),
        ("[] >> []\n", "two lists"),
        ("for x in 5: pass\n", "not iterable"),
    ],
)
def test_what_airflow_could_not_import_either_is_an_error(read, source, reason):
    found = read(source)
    assert reason in found.error.reason
    assert not any(dag.complete for dag in found.dags)
