"""What Airflow does to its settings at its start."""

import pytest

from airflow_tune.errors import SettingsError
from airflow_tune.origins import OriginKind
from airflow_tune.settings import load_settings
from airflow_tune.versions import AirflowVersion

OLD = "2.11.2"


@pytest.mark.parametrize("scheme", ["postgres", "postgres+psycopg2"])
@pytest.mark.parametrize("version", ["2.7.3", OLD, "3.3.2"])
def test_old_names_of_postgresql(settings_of, tmp_path, scheme, version):
    settings = settings_of(f"[database]\nsql_alchemy_conn = {scheme}://u:hunter2@h/d\n", version=version)
    setting = settings.get("database", "sql_alchemy_conn")
    assert setting.value == "postgresql://u:hunter2@h/d"
    assert setting.origin.kind is OriginKind.COMPUTED
    assert str(setting.origin) == f"Airflow's own rewrite of {tmp_path}/airflow.cfg:2"
    assert "hunter2" not in repr(setting)
    assert "hunter2" not in repr(setting.shadowed)


def test_the_sequential_executor_is_gone(settings_of):
    settings = settings_of("[core]\nexecutor = SequentialExecutor\n")
    assert settings.text("core", "executor") == "LocalExecutor"
    assert (
        settings_of("[core]\nexecutor = SequentialExecutor\n", version=OLD).get("core", "executor").is_default
    )


def test_old_values_of_2(settings_of):
    settings = settings_of(
        "[core]\nhostname_callable = airflow.utils.net:getfqdn\n[webserver]\nnavbar_color = #007a87\n",
        version=OLD,
    )
    assert settings.text("core", "hostname_callable") == "airflow.utils.net.getfqdn"
    assert settings.text("webserver", "navbar_color") == "#fff"


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        ("", "airflow.api.auth.backend.session"),
        ("airflow.api.auth.backend.deny_all", "airflow.api.auth.backend.session"),
        ("airflow.api.auth.backend.default", "airflow.api.auth.backend.default"),
        ("mine", "mine,airflow.api.auth.backend.session"),
        ("mine,airflow.api.auth.backend.session", "mine,airflow.api.auth.backend.session"),
    ],
)
def test_the_web_interface_of_2_needs_its_backend(settings_of, value, becomes):
    assert (
        settings_of(f"[api]\nauth_backends = {value}\n", version=OLD).text("api", "auth_backends") == becomes
    )
    assert settings_of(f"[api]\nauth_backends = {value}\n").text("api", "auth_backends") == value


def test_a_choice_that_is_none(settings_of, tmp_path):
    settings = settings_of("[logging]\nlogging_level = loud\n[core]\nexecutor = SequentialExecutor\n")
    assert settings.refusal.startswith(
        f"logging.logging_level ({tmp_path}/airflow.cfg:2) is none of CRITICAL"
    )
    assert [setting.name for setting in settings.problems()] == ["logging.logging_level"]
    # Airflow did not get as far as rewriting anything.
    assert settings.text("core", "executor") == "SequentialExecutor"


def test_an_empty_choice_is_the_default_one(settings_of):
    settings = settings_of("[logging]\ncelery_logging_level =\n")
    assert settings.refusal == ""
    assert settings.problems() == ()


def test_a_percent_sign_where_airflow_must_read(settings_of):
    assert "a % stands neither" in settings_of("[database]\nsql_alchemy_conn = 5%\n").refusal
    assert "webserver.config_file" in settings_of("[webserver]\nconfig_file = 5%\n", version=OLD).refusal


def test_a_connection_that_is_no_url(settings_of):
    assert (
        settings_of("[database]\nsql_alchemy_conn = http://[x\n").refusal
        == "database.sql_alchemy_conn is no URL"
    )


def test_a_connection_that_only_a_command_knows(settings_of):
    assert settings_of("[database]\nsql_alchemy_conn_cmd = echo\n").refusal == ""


@pytest.mark.parametrize("version", [OLD, "3.3.2"])
def test_unit_test_mode(settings_of, version):
    with pytest.raises(SettingsError, match="unit_test_mode is on"):
        settings_of("[core]\nunit_test_mode = True\n", version=version)
    with pytest.raises(SettingsError, match=r"AIRFLOW__CORE__UNIT_TEST_MODE: core\.unit_test_mode is on"):
        settings_of("this file is not even read", {"AIRFLOW__CORE__UNIT_TEST_MODE": "1"}, version)
    assert "core.unit_test_mode" in settings_of("[core]\nunit_test_mode = maybe\n", version=version).refusal


def test_the_home_of_the_file_counted_until_3_1(tmp_path):
    cfg = tmp_path / "airflow.cfg"
    cfg.write_text("[core]\nairflow_home = /moved\n")

    def dags(version, **given):
        settings = load_settings(version=AirflowVersion(version), cfg=cfg, **given)
        return settings.text("core", "dags_folder")

    env = {"HOME": "/h"}
    assert dags(OLD, env=env) == "/moved/dags"
    assert dags("3.1.8", env=env) == "/moved/dags"
    assert dags("3.3.2", env=env) == "/h/airflow/dags"
    assert dags(OLD, env=env | {"AIRFLOW_HOME": "/given"}) == "/given/dags"
