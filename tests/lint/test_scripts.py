"""Programs of their own and tests stand in DAG folders too; what is said of task code is not said of them."""

from __future__ import annotations

import pytest

from airflow_tune.lint.rules.parsing.heavy_import import RULE as HEAVY
from airflow_tune.lint.rules.parsing.parse_call import RULE as CALLED
from airflow_tune.lint.rules.resources.daemon_children import RULE as CHILDREN
from airflow_tune.lint.rules.resources.shared_temp_path import RULE as SHARED
from airflow_tune.lint.rules.resources.unclosed_resource import RULE as UNCLOSED
from airflow_tune.lint.rules.waiting.task_sleep import RULE as SLEEPS

PROGRAM = """import multiprocessing

import pandas as pd


def work():
    multiprocessing.Pool(4).map(pd.DataFrame, [1])
"""
CONNECTS = """import psycopg2


def ask():
    connection = psycopg2.connect("dbname=x")
    print(connection)
"""


@pytest.mark.parametrize("rule", [HEAVY, CHILDREN], ids=lambda rule: rule.code)
def test_programs_are_processes_of_their_own(found_by, rule):
    assert found_by(rule, {"work.py": PROGRAM})
    assert not found_by(rule, {"work.py": f'{PROGRAM}\n\nif __name__ == "__main__":\n    work()\n'})


@pytest.mark.parametrize(
    ("name", "count"), [("ask.py", 1), ("conftest.py", 0), ("test_ask.py", 0), ("tests/helper.py", 0)]
)
def test_tests_are_no_task_code(found_by, name, count):
    assert len(found_by(UNCLOSED, {name: CONNECTS})) == count


WRITES = """import argparse


def write():
    with open("/tmp/out.json", "w") as file:
        file.write("x")
"""


def test_programs_with_arguments_are_run_by_people(found_by):
    assert found_by(SHARED, {"write.py": WRITES})
    assert not found_by(SHARED, {"write.py": f'{WRITES}\n\nif __name__ == "__main__":\n    write()\n'})


def test_programs_wait_in_no_tasks_slot(found_by):
    waits = "import time\n\n\ndef poll():\n    time.sleep(60)\n"
    assert found_by(SLEEPS, {"poll.py": waits})
    assert not found_by(SLEEPS, {"poll.py": f'{waits}\n\nif __name__ == "__main__":\n    poll()\n'})


def test_programs_may_ask_airflow(found_by):
    waits = "import argparse\nimport time\nfrom airflow.models import DagModel\n"
    waits += (
        "if __name__ == '__main__':\n    args = argparse.ArgumentParser().parse_args()\n    time.sleep(60)\n"
    )
    assert not found_by(SLEEPS, {"poll.py": waits})
    assert found_by(SLEEPS, {"poll.py": waits.replace("argparse.ArgumentParser().parse_args()", "0")})


def test_who_drives_a_browser_waits_for_its_pages(found_by):
    waits = "import time\n\n\ndef poll(page):\n    while not page.done():\n        time.sleep(5)\n"
    assert found_by(SLEEPS, {"poll.py": waits})
    assert not found_by(SLEEPS, {"poll.py": f"from playwright.sync_api import Page\n{waits}"})
    assert found_by(SLEEPS, {"poll.py": f"from selenium import webdriver\n{waits}    time.sleep(60)\n"})


@pytest.mark.parametrize(
    ("imports", "count"),
    [("import os", 1), ("from fastapi import APIRouter", 0), ("from rich.live import Live", 0)],
)
def test_servers_and_screens_are_no_task_code(found_by, imports, count):
    assert len(found_by(UNCLOSED, {"ask.py": f"{imports}\n{CONNECTS}"})) == count


def test_plugins_of_airflow_are_read_whatever_they_import(found_by):
    plugin = f"from airflow.plugins_manager import AirflowPlugin\nfrom flask import Blueprint\n{CONNECTS}"
    assert found_by(UNCLOSED, {"plugin.py": plugin})


CALLS = """import requests

print(requests.post("https://example.com", timeout=10))
"""


@pytest.mark.parametrize(("name", "count"), [("ask.py", 1), ("scripts/ask.py", 0)])
def test_programs_beside_the_dags_are_not_parsed(found_by, name, count):
    assert len(found_by(CALLED, {name: CALLS})) == count


def test_tests_with_dags_are_tests(found_by):
    source = f"import pytest\nfrom airflow import DAG\n{CONNECTS}\ndag = DAG('d', on_failure_callback=ask)\n"
    assert not found_by(UNCLOSED, {"test_ask.py": source})
    assert found_by(UNCLOSED, {"test_ask.py": source.replace("import pytest\n", "")})


def test_programs_that_read_arguments_as_they_load_are_not_parsed(found_by):
    given = (
        'import argparse\n\nparser = argparse.ArgumentParser("dags of airflow")\nargs = parser.parse_args()\n'
    )
    assert not found_by(CALLED, {"ask.py": f"{given}{CALLS}"})
    held = given.replace("args = parser", "def main():\n    parser")
    assert found_by(CALLED, {"ask.py": f"{held}{CALLS}"})
