"""Functions that nothing in a file of DAGs names: no rule on task code judges them."""

from __future__ import annotations

import pytest

from airflow_tune.lint.rules.reliability.variable_lock import RULE as LOCK
from airflow_tune.lint.rules.resources.nested_parallelism import RULE as CORES
from airflow_tune.lint.rules.resources.shared_temp_path import RULE as SHARED
from airflow_tune.lint.rules.waiting.task_sleep import RULE as SLEEPS

HEAD = """import checks
from airflow import DAG
from airflow.operators.python import PythonOperator
"""
WRITES = """
def write(rows):
    '''As `write` does.'''
    with open("out.json", "w") as file:
        file.write(rows)

"""
OTHER = """
def other():
    write("x")

"""
DAGS = """
with DAG("d") as dag:
    # old = PythonOperator(task_id="write", python_callable=write)
    PythonOperator(task_id="a", python_callable=print)
"""


@pytest.fixture
def dead(subject):
    """Name the functions that are dead in a file."""

    def find(text, name="a_dag.py"):
        one = subject(text, name)
        return {node.name for node in one.index.functions if node.lineno in one.flow.dead}

    return find


def test_what_only_a_comment_and_dead_functions_name_is_dead(dead):
    assert dead(HEAD + WRITES + DAGS) == {"write"}
    assert dead(HEAD + WRITES + OTHER + DAGS) == {"write", "other"}
    again = WRITES.replace("file.write(rows)", "write(rows)")
    assert dead(HEAD + again + DAGS) == {"write"}
    inner = WRITES.replace("    with", "    def inner():\n        pass\n    with")
    assert dead(HEAD + inner + DAGS) == {"write", "inner"}
    theirs = "    PythonOperator(task_id='b', python_callable=checks.write)\n"
    assert dead(HEAD + WRITES + DAGS + theirs) == {"write"}


@pytest.mark.parametrize(
    "use",
    [
        "    PythonOperator(task_id='b', python_callable=write)\n",
        "    PythonOperator(task_id='b', python_callable=lambda: write('x'))\n",
        "    PythonOperator(task_id='b', python_callable=globals()['wri' + 'te'])\n",
        "    PythonOperator(task_id='b', python_callable=own.write)\n",
        "import a_dag\nPythonOperator(task_id='b', python_callable=a_dag.write)\n",
        "__all__ = ['write']\n",
        "module = 'a_dag.write'\n",
        "import sys\nmodule = sys.modules[__name__]\n",
        "class Some:\n    def write(self):\n        pass\n",
        "write = None\n",
    ],
)
def test_what_is_named_in_any_way_may_be_run(dead, use):
    assert not dead(HEAD + WRITES + DAGS + use)


def test_what_python_itself_runs_is_not_dead(dead):
    assert not dead(HEAD + WRITES + OTHER.replace("other", "__getattr__") + DAGS)


def test_modules_without_dags_and_decorated_functions_are_there_for_others(dead):
    assert not dead(WRITES)
    assert not dead(HEAD + WRITES.replace("def", "@checks.noted\ndef", 1) + DAGS)


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (SHARED, 'open("out.json", "w").write("x")'),
        (SLEEPS, "time.sleep(600)"),
        (CORES, "Model(n_jobs=-1)"),
        (LOCK, 'Variable.set("a", Variable.get("a") + 1)'),
    ],
    ids=lambda part: getattr(part, "code", ""),
)
def test_rules_on_task_code_leave_them_alone(found_by, rule, line):
    function = f"\nfrom airflow.models import Variable\nimport time\n\ndef work():\n    {line}\n\n"
    live = DAGS.replace("print", "work")
    assert found_by(rule, {"a_dag.py": HEAD + function + live})
    assert not found_by(rule, {"a_dag.py": HEAD + function + DAGS})
