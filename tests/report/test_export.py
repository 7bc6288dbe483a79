"""What Airflow itself reads: cfg, environment and pools files."""

from __future__ import annotations

import configparser
import json

import pytest

from airflow_tune.findings import Confidence, Recommendation, Risk
from airflow_tune.origins import assumed
from airflow_tune.report.export import cfg_text, env_text, pools_json


def change(option, proposed, *, scope=""):
    return Recommendation(
        option=option, current="1", current_origin=assumed("test"), proposed=proposed,
        reason="because of memory", risk=Risk("none"), confidence=Confidence.HIGH, binds_next="", scope=scope,
    )  # fmt: skip


CHANGES = [
    change("core.parallelism", "16"),
    change("celery.worker_concurrency", "8"),
    change("celery.worker_concurrency", "32", scope="large"),
    change("logging.log_format", "%(message)s"),
    change("pool:db_pool", "3"),
]


def test_cfg_holds_the_values_that_airflow_reads():
    parser = configparser.ConfigParser()
    parser.read_string(cfg_text(CHANGES))
    assert parser["core"]["parallelism"] == "16"
    assert parser["celery"]["worker_concurrency"] == "8"
    assert parser["logging"]["log_format"] == "%(message)s"
    assert "# on large only: worker_concurrency = 32" in cfg_text(CHANGES)


def test_env_holds_one_variable_for_each_option_and_comments_for_groups():
    lines = [line for line in env_text(CHANGES).splitlines() if not line.startswith("#")]
    assert lines == [
        "AIRFLOW__CORE__PARALLELISM=16",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY=8",
        "AIRFLOW__LOGGING__LOG_FORMAT=%(message)s",
    ]
    assert "# AIRFLOW__CELERY__WORKER_CONCURRENCY=32" in env_text(CHANGES)


def test_pools_are_what_airflow_imports():
    assert json.loads(pools_json(CHANGES)) == {
        "db_pool": {"slots": 3, "description": "because of memory", "include_deferred": False}
    }


@pytest.mark.parametrize("text", [cfg_text, env_text])
def test_no_change_is_an_empty_file(text):
    assert text([]) == ""
