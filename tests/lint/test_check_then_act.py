"""AFT708 beyond its fixture: what is advised fits the act."""

from __future__ import annotations

import pytest

from airflow_tune.lint.rules.reliability.check_then_act import RULE

FILE = """import os
import shutil
from airflow.decorators import task


@task
def empty():
    folder = "out/tmp"
    if os.path.exists(folder):
        {}
"""


@pytest.mark.parametrize(
    ("act", "advice"),
    [
        ("shutil.rmtree(folder)", "shutil.rmtree(path, ignore_errors=True)"),
        ("os.rmdir(folder)", "contextlib.suppress(FileNotFoundError)"),
        ("os.remove(folder)", "unlink(missing_ok=True)"),
    ],
)
def test_what_removes_is_given_a_form_that_it_knows(found_by, act, advice):
    (found,) = found_by(RULE, {"a_dag.py": FILE.format(act)})
    assert advice in found.advice


def test_a_folder_that_is_made_anew_is_told_as_that(found_by):
    again = "shutil.rmtree(folder)\n        os.makedirs(folder)"
    removed, made = found_by(RULE, {"a_dag.py": FILE.format(again)})
    assert "run_id" in removed.advice
    assert "makes the folder again after it was removed" in made.message
    assert "exist_ok=True" in made.advice
    assert "run_id" in made.advice


@pytest.mark.parametrize(
    "acts",
    ["shutil.rmtree(folder)\n    else:\n        os.makedirs(folder)", "os.makedirs(folder)"],
)
def test_a_folder_that_was_not_removed_before_is_told_as_any(found_by, acts):
    found = found_by(RULE, {"a_dag.py": FILE.format(acts)})
    assert found[-1].message == "makedirs fails when another run makes the folder after the look"


def test_a_path_that_is_made_of_itself_is_followed_to_an_end(found_by):
    source = "import os\n\ndef make():\n    path = os.path.join(path, 'a')\n"
    source += "    if not os.path.exists(path):\n        os.makedirs(path)\n"
    assert len(found_by(RULE, {"helper.py": source})) == 1
