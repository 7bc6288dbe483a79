"""AFT609 beyond its fixture: what is advised where others need the file after the task that writes it."""

from __future__ import annotations

import pytest

from airflow_tune.lint.rules.resources.shared_temp_path import RULE

FILE = """from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

TARGET = "out/rows.csv"
FOLDER = "/tmp"


def write():
    with open({0}, "w") as file:
        file.write("x")
    print({0})


def other():
    {1}


with DAG("d"):
    one = PythonOperator(task_id="one", python_callable=write)
    one >> PythonOperator(task_id="two", python_callable=other)
"""


@pytest.mark.parametrize(
    ("path", "other", "handed"),
    [
        ('"out/a.csv"', 'open("out/a.csv")', True),
        ('"out/a.csv"', 'open(f"{FOLDER}/out/a.csv")', True),
        ('"out/a.csv"', "shutil.rmtree('out')", True),
        ('"out/a.csv"', "client.put(f'file://{folder}/out/a.csv @stage')", True),
        ("TARGET", "open(TARGET)", True),
        ('"/tmp/a.csv"', 'BashOperator(bash_command="cat /tmp/a.csv")', True),
        ('"out/a.csv"', 'open("out/b.csv")', False),
        ('"out/a.csv"', 'open("out/a.csv.gz")', False),
        ('"out/a.csv"', 'open("about/a.csv")', False),
        ('"/tmp/a.csv"', 'open("/tmp/b.csv")', False),
        ('"/tmp/a.csv"', "os.listdir('/tmp')", False),
        ('FOLDER + "/a.csv"', 'open(FOLDER + "/b.csv")', False),
        ("TARGET", "pass", False),
    ],
)
def test_a_file_that_others_need_is_named_after_the_run(found_by, path, other, handed):
    (found,) = found_by(RULE, {"a_dag.py": FILE.format(path, other)})
    assert ("{{ run_id }}" in found.advice) is handed
    assert ("tempfile.TemporaryDirectory()" in found.advice) is not handed


def test_a_constant_that_the_top_level_hands_on_is_needed_there(found_by):
    handed = 'BashOperator(task_id="b", bash_command=f"cat {TARGET}")\n'
    (found,) = found_by(RULE, {"a_dag.py": FILE.format("TARGET", "pass") + handed})
    assert "{{ run_id }}" in found.advice
