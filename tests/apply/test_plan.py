from __future__ import annotations

from pathlib import Path

import pytest

from airflow_tune.apply.change import Change
from airflow_tune.apply.plan import Elsewhere, plan_write
from airflow_tune.errors import ApplyError
from airflow_tune.findings import Confidence, Recommendation, Risk
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.settings import load_settings
from airflow_tune.versions import AirflowVersion

SET = "# airflow-tune: was {}: why\n{} = {}\n"


def recommended(option, value="16", current="32", scope=""):
    return Recommendation(
        option=option,
        current=current,
        current_origin=Origin(OriginKind.DEFAULT, "default"),
        proposed=value,
        reason="why",
        risk=Risk("none"),
        confidence=Confidence.HIGH,
        binds_next="",
        scope=scope,
    )


@pytest.fixture
def planned(tmp_path):
    def plan(text, *recommendations, env=None, version="3.3.2", obstacle=""):
        cfg = tmp_path / "airflow.cfg"
        cfg.write_text(text)
        found = load_settings(version=AirflowVersion(version), home=tmp_path, env=env or {})
        return plan_write(cfg, cfg.read_bytes(), recommendations, found, obstacle=obstacle)

    return plan


def test_recommendations_become_changes_of_the_file(planned, tmp_path):
    plan = planned("[core]\n", recommended("core.parallelism"), recommended("celery.worker_concurrency", "8"))
    assert plan.rewrite.after.decode() == (
        "[core]\n"
        + SET.format(32, "parallelism", 16)
        + "\n[celery]\n"
        + SET.format(32, "worker_concurrency", 8)
    )
    assert plan.rewrite.path == tmp_path / "airflow.cfg"
    assert plan.rewrite.before == b"[core]\n"
    assert plan.changes[0] == Change("core", "parallelism", "16", "why", "32")
    assert plan.elsewhere == ()
    assert plan.notes == ()


def test_nothing_is_touched_by_planning(planned, tmp_path, fingerprint):
    (tmp_path / "airflow.cfg").write_text("[core]\n")
    plan = planned("[core]\n", recommended("core.parallelism"))
    before = fingerprint(tmp_path)
    assert plan.rewrite.diff
    assert fingerprint(tmp_path) == before


def test_what_the_file_says_already_is_no_change(planned):
    plan = planned("[core]\nparallelism = 16\n", recommended("core.parallelism"))
    assert plan.changes == ()
    assert plan.rewrite.after == plan.rewrite.before
    assert plan.rewrite.diff == ""


def test_a_second_run_changes_nothing_and_makes_no_backup(planned, tmp_path, now, fingerprint):
    advice = [recommended("core.parallelism"), recommended("scheduler.max_tis_per_query", "64")]
    assert planned("[core]\nparallelism = 32\n", *advice).rewrite.carry_out(now=now)
    text = (tmp_path / "airflow.cfg").read_text()
    again = planned(text, *advice)
    before = fingerprint(tmp_path)
    assert again.rewrite.carry_out(now=now) is None
    assert fingerprint(tmp_path) == before


@pytest.mark.parametrize(
    ("env", "version", "named"),
    [
        (
            {"AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "8"},
            "3.3.2",
            "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG",
        ),
        ({"AIRFLOW__CORE__DAG_CONCURRENCY": "8"}, "2.11.2", "AIRFLOW__CORE__DAG_CONCURRENCY"),
    ],
)
def test_what_a_variable_overrides_is_set_there(planned, env, version, named):
    advice = recommended("core.max_active_tasks_per_dag")
    plan = planned("[core]\nmax_active_tasks_per_dag = 32\n", advice, env=env, version=version)
    assert plan.rewrite.after == plan.rewrite.before
    assert plan.elsewhere == (
        Elsewhere(
            "core.max_active_tasks_per_dag",
            "16",
            f"the environment variable {named} overrides the file",
            "set it there: AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG=16",
        ),
    )


def test_an_old_variable_that_this_version_ignores_overrides_nothing(planned):
    advice = recommended("core.max_active_tasks_per_dag")
    plan = planned("[core]\n", advice, env={"AIRFLOW__CORE__DAG_CONCURRENCY": "8"})
    assert [change.name for change in plan.changes] == ["core.max_active_tasks_per_dag"]


def test_a_command_in_the_environment_overrides_a_sensitive_option_and_no_value_is_shown(planned):
    advice = recommended("celery.broker_url", "redis://:hunter2@host/0", None)
    env = {"AIRFLOW__CELERY__BROKER_URL_CMD": "cat url"}
    (one,) = planned("[celery]\nbroker_url = redis://x\n", advice, env=env).elsewhere
    assert one.why == "the environment variable AIRFLOW__CELERY__BROKER_URL_CMD overrides the file"
    assert (
        one.remedy == "set it there: AIRFLOW__CELERY__BROKER_URL (the value holds a secret and is not shown)"
    )


def test_a_command_in_the_file_is_weaker_than_the_option_there(planned):
    advice = recommended("celery.broker_url", "redis://y", None)
    plan = planned("[celery]\nbroker_url_cmd = cat url\n", advice)
    assert [change.name for change in plan.changes] == ["celery.broker_url"]


def test_an_environment_line_is_quoted_where_a_shell_needs_it(planned):
    advice = recommended("celery.extra_celery_config", '{"worker_max_tasks_per_child": 100}', "{}")
    (one,) = planned("", advice, env={"AIRFLOW__CELERY__EXTRA_CELERY_CONFIG": "{}"}).elsewhere
    assert (
        one.remedy
        == "set it there: AIRFLOW__CELERY__EXTRA_CELERY_CONFIG='{\"worker_max_tasks_per_child\": 100}'"
    )


def test_pools_and_single_worker_groups_are_listed_and_not_written(planned):
    plan = planned(
        "",
        recommended("pool:db_pool", "5", None),
        recommended("celery.worker_concurrency", "8", scope="gpu workers"),
        recommended("core.parallelism"),
    )
    assert plan.rewrite.after.decode() == "[core]\n" + SET.format(32, "parallelism", 16)
    pool, group = plan.elsewhere
    assert pool.why == "pools are kept in the metadata DB"
    assert pool.remedy == "run: airflow pools set db_pool 5 why"
    assert group.why == "it is meant for gpu workers only"
    assert (
        group.remedy == "set it for the workers of gpu workers alone: AIRFLOW__CELERY__WORKER_CONCURRENCY=8"
    )


def test_an_obstacle_turns_every_change_into_a_line_to_set(planned):
    plan = planned("[core]\n", recommended("core.parallelism"), obstacle="it lies on a read-only mount")
    assert plan.rewrite.after == plan.rewrite.before
    assert plan.changes == ()
    assert plan.elsewhere == (
        Elsewhere(
            "core.parallelism",
            "16",
            "it lies on a read-only mount",
            "set it in the environment: AIRFLOW__CORE__PARALLELISM=16",
        ),
    )


def test_an_option_under_its_old_name_is_changed_where_airflow_reads_it(planned):
    text = "[core]\ndag_concurrency = 32\n"
    plan = planned(text, recommended("core.max_active_tasks_per_dag"), version="2.11.2")
    assert plan.rewrite.after.decode() == "[core]\n" + SET.format(32, "dag_concurrency", 16)
    (note,) = plan.notes
    assert note == (
        "core.max_active_tasks_per_dag stands in the file under its old name core.dag_concurrency"
        " and is changed there"
    )


def test_an_old_name_that_this_version_ignores_is_left_alone(planned):
    text = "[core]\ndag_concurrency = 32\n"
    plan = planned(text, recommended("core.max_active_tasks_per_dag"))
    assert plan.rewrite.after.decode() == text + SET.format(32, "max_active_tasks_per_dag", 16)


def test_a_value_that_airflow_would_expand_is_noted(planned):
    plan = planned("", recommended("core.dags_folder", "$HOME/dags"))
    assert plan.notes == ("Airflow expands $VARIABLE and a leading ~ in core.dags_folder = $HOME/dags",)


def test_a_file_that_airflow_cannot_read_is_refused(tmp_path):
    settings = load_settings(version=AirflowVersion("3.3.2"), home=tmp_path, env={})
    with pytest.raises(ApplyError, match=r"airflow\.cfg:1"):
        plan_write(Path("airflow.cfg"), b"x", [recommended("core.parallelism")], settings)
