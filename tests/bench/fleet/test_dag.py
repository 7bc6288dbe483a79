"""The DAG that measures a fleet is what the tool itself reads and finds nothing wrong with."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from airflow_tune.bench.fleet.dag import DAG_ID, MOST_SLOTS, dag_text, parse_queues
from airflow_tune.dags.reader import read_file
from airflow_tune.errors import UsageError
from airflow_tune.lint.catalog import BUILT_IN
from airflow_tune.lint.project import Knowledge
from airflow_tune.linter.config import Config
from airflow_tune.linter.config_file import Configs
from airflow_tune.linter.request import Request
from airflow_tune.linter.run import run


def test_there_is_a_mapped_task_for_each_queue(tmp_path):
    path = tmp_path / "bench.py"
    path.write_text(dag_text({"default": 3, "big": 1}), encoding="utf-8")
    (dag,) = read_file(path).dags
    assert (dag.dag_id, dag.complete) == (DAG_ID, True)
    assert {(task.argument("queue"), task.mapped) for task in dag.tasks} == {("default", True), ("big", True)}


def test_lint_finds_nothing_to_say(tmp_path):
    path = tmp_path / "bench.py"
    path.write_text(dag_text(parse_queues([], 4)), encoding="utf-8")
    request = Request([path], BUILT_IN, Configs(BUILT_IN, Config()), Knowledge(datetime.now(timezone.utc)))
    assert run(request).findings == ()


@pytest.mark.parametrize(
    ("given", "slots", "found"),
    [([], 4, {"": 4}), (["default=16", "big.1=2"], 4, {"default": 16, "big.1": 2})],
)
def test_queues_are_named_with_their_slots(given, slots, found):
    assert parse_queues(given, slots) == found


@pytest.mark.parametrize(
    "given", ["default", "default=x", "=3", "a b=3", "default=0", f"default={MOST_SLOTS + 1}"]
)
def test_what_is_no_queue_is_refused(given):
    with pytest.raises(UsageError):
        parse_queues([given], 4)
