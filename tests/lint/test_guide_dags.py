"""What a guide to faster DAGs warns of, in our own words: each topic is found in a DAG that does it."""

from __future__ import annotations

import pytest

from airflow_tune.lint.rules import PROJECT_RULES, RULES

HEAD = """from datetime import datetime, timedelta

import requests
from airflow import DAG
from airflow.models.baseoperator import cross_downstream
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.http.operators.http import HttpOperator
from airflow.sensors.filesystem import FileSensor
"""

ONE_AFTER_THE_OTHER = """
def fetch(name):
    answer = requests.get(f"https://shop.example.com/{name}")
    with open(f"/data/{name}.json", "w") as file:
        file.write(answer.text)

with DAG("serial"):
    task1, task2, task3, task4 = (
        PythonOperator(task_id=name, python_callable=fetch, op_args=[name])
        for name in ("orders", "customers", "stock", "prices")
    )
    task1 >> task2 >> task3 >> task4
"""
PRINTS_ONE_AFTER_THE_OTHER = """
with DAG("serial"):
    task1, task2, task3, task4 = (
        BashOperator(task_id=f"task{number}", bash_command=f"echo {number}") for number in (1, 2, 3, 4)
    )
    task1 >> task2 >> task3 >> task4
"""
MORE_DEPENDENCIES_THAN_NEEDED = """
with DAG("wordy"):
    a, b, c = (EmptyOperator(task_id=name) for name in "abc")
    a >> b >> c
    a >> c
"""
ALL_WITH_ALL = """
with DAG("dense"):
    left = [EmptyOperator(task_id=f"left{n}") for n in range(12)]
    right = [EmptyOperator(task_id=f"right{n}") for n in range(12)]
    cross_downstream(left, right)
"""
NO_GROUPS = """
with DAG("flat"):
    for name in range(16):
        EmptyOperator(task_id=f"extract_{name}") >> EmptyOperator(task_id=f"load_{name}")
"""
BRANCHES_THAT_MEET = """
with DAG("branches"):
    choose = BranchPythonOperator(task_id="choose", python_callable=lambda: "small")
    choose >> [EmptyOperator(task_id="small"), EmptyOperator(task_id="large")] >> EmptyOperator(task_id="end")
"""
NO_BOUND_OF_TASKS = (
    "# version: 3.3.2\n"
    + HEAD
    + """
with DAG("bounds", max_active_tasks=8, max_active_runs=4):
    EmptyOperator(task_id="a")
"""
)
LIMIT_THAT_DOES_NOTHING = (
    '# settings: {"AIRFLOW__CORE__PARALLELISM": "4"}\n'
    + HEAD
    + """
with DAG("knob", max_active_tasks=16):
    EmptyOperator(task_id="a")
"""
)
RUNS_THAT_OVERTAKE = """
with DAG("overtaking", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=True):
    EmptyOperator(task_id="a")
"""
CATCHUP_LEFT_OUT = """
with DAG("silent", schedule_interval="@hourly", start_date=datetime(2024, 1, 1)):
    EmptyOperator(task_id="a")
"""
ALL_AT_MIDNIGHT = """
for number in range(12):
    with DAG(f"nightly{number}", schedule="@daily") as made:
        globals()[f"nightly{number}"] = made
"""
NO_POOL_FOR_THE_DATABASE = """
with DAG("crowd"):
    for number in range(12):
        SQLExecuteQueryOperator(task_id=f"q{number}", sql="SELECT 1", conn_id="warehouse")
"""
ONE_POOL_FOR_ALL = """
with DAG("mixed", default_args={"pool": "common"}):
    for number in range(2):
        SQLExecuteQueryOperator(task_id=f"q{number}", sql="SELECT 1", conn_id="warehouse")
        HttpOperator(task_id=f"h{number}", endpoint="items")
"""
SLOTS_NOBODY_HAS = (
    '# pools: {"cpu": {"slots": 2}}\n'
    + HEAD
    + """
with DAG("wide"):
    BashOperator(task_id="a", bash_command="x", pool="cpu", pool_slots=4)
"""
)
POOL_NOBODY_MADE = (
    '# pools: {"cpu": {"slots": 2}}\n'
    + HEAD
    + """
with DAG("lost"):
    BashOperator(task_id="a", bash_command="x", pool="gpu")
"""
)
LARGE_AMONG_SMALL = """
with DAG("starving", default_args={"pool": "cpu"}):
    for number in range(6):
        BashOperator(task_id=f"small{number}", bash_command="x")
    BashOperator(task_id="large", bash_command="x", pool_slots=2, weight_rule="downstream")
"""
WEIGHTS_THAT_ADD_UP = """
with DAG("big"):
    first = EmptyOperator(task_id="first")
    first >> [EmptyOperator(task_id=f"t{number}") for number in range(60)]
with DAG("urgent"):
    EmptyOperator(task_id="a")
"""
WAITS_AMONG_WORKERS = """
with DAG("waiting", default_args={"pool": "etl"}):
    FileSensor(task_id="wait", filepath="/data/x") >> BashOperator(task_id="work", bash_command="x")
"""


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("AFT201", ONE_AFTER_THE_OTHER),
        ("AFT201", PRINTS_ONE_AFTER_THE_OTHER),
        ("AFT202", MORE_DEPENDENCIES_THAN_NEEDED),
        ("AFT203", ALL_WITH_ALL),
        ("AFT204", BRANCHES_THAT_MEET),
        ("AFT205", NO_GROUPS),
        ("AFT301", CATCHUP_LEFT_OUT),
        ("AFT302", "# version: 2.11.2\n" + HEAD + CATCHUP_LEFT_OUT),
        ("AFT303", RUNS_THAT_OVERTAKE),
        ("AFT304", LIMIT_THAT_DOES_NOTHING),
        ("AFT305", NO_BOUND_OF_TASKS),
        ("AFT306", ALL_AT_MIDNIGHT),
        ("AFT401", NO_POOL_FOR_THE_DATABASE),
        ("AFT402", POOL_NOBODY_MADE),
        ("AFT403", SLOTS_NOBODY_HAS),
        ("AFT404", WAITS_AMONG_WORKERS),
        ("AFT405", ONE_POOL_FOR_ALL),
        ("AFT407", LARGE_AMONG_SMALL),
        ("AFT408", WEIGHTS_THAT_ADD_UP),
    ],
)
def test_what_the_guide_warns_of_is_found(found_by, code, text):
    (rule,) = [one for one in (*RULES, *PROJECT_RULES) if one.code == code]
    assert found_by(rule, {"a_dag.py": text if text.startswith("#") else HEAD + text})
