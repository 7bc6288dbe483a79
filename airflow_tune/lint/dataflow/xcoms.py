"""XComs that are pulled by their key alone: the latest push counts, whichever task it came from.

TaskInstance.xcom_pull of Airflow 2.11 takes the newest row where it is given no task_ids; that of Airflow 3
looks at the pulling task's own.
"""

from __future__ import annotations

import re

from airflow_tune.dags.model import Task
from airflow_tune.lint.dataflow.effects import Effects
from airflow_tune.lint.statement import HOLE

RESULT = "return_value"
"""The key of what a task returns."""
KIND = "XCom"
PULL = re.compile(r"\.xcom_pull\(\s*([^()]*)(.?)")
TASKS = re.compile(r"(?!\w+\s*=|None\b)\S|.*\btask_ids\s*=\s*(?!None\b)", re.DOTALL)
"""How the arguments of a pull begin that names tasks: with some, or with others and then those."""
KEY = re.compile(r"\bkey\s*=\s*(?:\\?[\"']([^\"'\\]*)|)")


def keys_alone(text: str) -> set[str]:
    """Return the keys that code or templates pull from whichever task, HOLE for one that is not known."""
    found = set()
    for given, end in PULL.findall(text):
        if TASKS.match(given):
            continue
        key = KEY.search(given)
        found.add((key[1] or HOLE) if key else RESULT if end == ")" else HOLE)
    return found


def heeded(effects: Effects, task: Task, keys: set[str], *, returns: bool) -> None:
    """Leave of a task's pushes those whose order decides what is pulled by some keys."""
    some = HOLE in keys
    pushed = {one for one in effects.writes if one.kind == KIND}
    effects.writes -= {one for one in pushed if not (some or one.name in keys or (keys and HOLE in one.name))}
    if returns and (some or RESULT in keys) and task.argument("do_xcom_push") is not False:
        effects.write(KIND, RESULT)
