"""Serialized DAGs in the formats of 2.x and 3.x."""

from __future__ import annotations

import json
import zlib

import pytest

from airflow_tune.history import trigger_rule
from airflow_tune.history.graph import read_graph


def document(*tasks, **more):
    return {"dag": {"tasks": [{"__type": "operator", "__var": task} for task in tasks]}, **more}


def test_what_is_omitted_has_the_schemas_default():
    (task,) = read_graph(document({"task_id": "a"}))
    assert (task.trigger_rule, task.retries, task.retry_delay_s) == ("all_success", 0, 300.0)
    assert (task.downstream, task.max_active_tis_per_dag, task.depends_on_past) == ((), None, False)


def test_a_mapped_task_keeps_its_fields_in_partial_kwargs():
    partial = {
        "retry_delay": {"__type": "timedelta", "__var": 7.0},
        "max_active_tis_per_dagrun": 3,
        "retries": 2,
    }
    (task,) = read_graph(document({"task_id": "a", "_is_mapped": True, "partial_kwargs": partial}))
    assert (task.retry_delay_s, task.max_active_tis_per_dagrun, task.retries) == (7.0, 3, 2)


def test_defaults_of_the_installation_stand_behind_the_tasks_own():
    text = json.dumps(document({"task_id": "a"}, {"task_id": "b", "retries": 1},
                               client_defaults={"tasks": {"retries": 4}}))  # fmt: skip
    assert [task.retries for task in read_graph(text)] == [4, 1]


def test_compressed_data_is_read():
    packed = zlib.compress(json.dumps(document({"task_id": "a", "downstream_task_ids": ["b"]})).encode())
    assert read_graph(None, packed)[0].downstream == ("b",)


@pytest.mark.parametrize("multiplier", [True, 2.0])
def test_exponential_backoff_is_a_flag_or_a_multiplier(multiplier):
    assert read_graph(document({"task_id": "a", "retry_exponential_backoff": multiplier}))[
        0
    ].retry_exponential


@pytest.mark.parametrize(
    ("data", "packed"),
    [
        ("{}", None),
        ("[]", None),
        ("no json", None),
        (None, b"junk"),
        ({"dag": {"tasks": [{}]}}, None),
        (None, None),
    ],
)
def test_what_is_no_serialized_dag_is_refused(data, packed):
    with pytest.raises(ValueError, match="no serialized DAG"):
        read_graph(data, packed)


def test_trigger_rules_say_what_they_wait_for():
    assert [trigger_rule.kind(rule) for rule in ("all_done", "one_success", "always")] == [0, 1, 2]
