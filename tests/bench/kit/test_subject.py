"""The user's own function, called in a process of its own as the bench calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

MODULE = """
import time

def slow(items):
    time.sleep(0.002 * len(items))

def quick(items):
    return len(items)

def own(items):
    assert all(item == "row" for item in items)

def own_items(count):
    return ["row"] * count

def nothing():
    return 1

def named(*, items=()):
    return 1
"""
CODE = """
import json, sys
from airflow_tune.bench.kit.subject import Subject
from airflow_tune.bench.workload import Wishes
found = {}
for name in json.loads(sys.argv[2]):
    subject = Subject(Wishes(callable=f"users_own:{name}", callable_root=sys.argv[1]))
    found[name] = [subject.takes_items, subject.batch(), subject.call_with(3)()]
print(json.dumps(found))
"""


@pytest.fixture
def ask(tmp_path):
    """Return a function that asks what a Subject makes of functions."""
    (tmp_path / "users_own.py").write_text(MODULE, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def asked(*names):
        done = subprocess.run(
            [sys.executable, "-c", CODE, str(tmp_path), json.dumps(names)],
            capture_output=True,
            text=True,
            check=True,
            env=env,
        )
        return json.loads(done.stdout)

    return asked


def test_a_batch_keeps_the_function_busy_and_is_no_larger(ask):
    found = ask("slow", "quick")
    assert found["slow"] in ([True, 1, None], [True, 10, None])
    assert found["quick"] == [True, 10_000, 3]


def test_items_of_the_users_own_are_handed_over(ask):
    assert ask("own")["own"] == [True, 10_000, None]


def test_what_asks_for_nothing_is_given_nothing(ask):
    assert ask("nothing", "named") == {"nothing": [False, 1, 1], "named": [False, 1, 1]}


def test_nothing_is_written_beside_the_users_module(ask, tmp_path):
    ask("quick")
    assert [path.name for path in tmp_path.iterdir()] == ["users_own.py"]
