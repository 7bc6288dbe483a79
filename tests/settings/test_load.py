"""The order in which Airflow looks, and what is odd about each place."""

import os

import pytest

from airflow_tune.errors import SettingsError
from airflow_tune.origins import OriginKind
from airflow_tune.settings import load_settings
from airflow_tune.versions import AirflowVersion

NEW, OLD = "3.3.2", "2.11.2"


@pytest.mark.parametrize("version", ["2.7.3", OLD, "3.0.6", NEW])
def test_without_anything_defaults_hold(settings_of, tmp_path, version):
    settings = settings_of(version=version)
    setting = settings.get("core", "parallelism")
    assert (setting.value, setting.default, setting.type) == ("32", "32", "integer")
    assert setting.origin.kind is OriginKind.DEFAULT
    assert settings.text("core", "dags_folder") == f"{tmp_path}/dags"
    assert settings.cfg_exists is False
    assert settings.changed() == ()
    assert settings.problems() == ()
    assert settings.refusal == ""


def test_environment_goes_before_file_goes_before_default(settings_of, tmp_path):
    settings = settings_of("[core]\nparallelism = 5\n", {"AIRFLOW__CORE__PARALLELISM": "6"})
    setting = settings.get("core", "parallelism")
    assert setting.value == "6"
    assert str(setting.origin) == "AIRFLOW__CORE__PARALLELISM"
    (lost,) = setting.shadowed
    assert (lost.value, str(lost.origin)) == ("5", f"{tmp_path}/airflow.cfg:2")
    assert settings.cfg_exists is True


def test_an_old_name_in_the_environment_beats_the_new_one_in_the_file(settings_of):
    cfg = "[core]\nmax_active_tasks_per_dag = 7\ndag_concurrency = 8\n"
    setting = settings_of(cfg, {"AIRFLOW__CORE__DAG_CONCURRENCY": "11"}, OLD).get(
        "core", "max_active_tasks_per_dag"
    )
    assert setting.value == "11"
    assert setting.read_as == ("core", "dag_concurrency")
    assert [lost.value for lost in setting.shadowed] == ["7", "8"]


def test_in_the_file_the_new_name_wins(settings_of):
    setting = settings_of("[core]\ndag_concurrency = 8\nmax_active_tasks_per_dag = 7\n", version=OLD).get(
        "core", "max_active_tasks_per_dag"
    )
    assert setting.value == "7"
    assert setting.read_as is None


def test_an_old_name_may_be_asked_for(settings_of):
    settings = settings_of("[webserver]\nworkers = 3\n")
    assert settings.get("WEBSERVER", "Workers") == settings.get("api", "workers")
    assert settings.get("api", "workers").read_as == ("webserver", "workers")
    assert settings.integer("api", "workers") == 3


def test_a_renamed_section(settings_of):
    settings = settings_of("[kubernetes]\nnamespace = mine\n", version=OLD)
    assert settings.text("kubernetes_executor", "namespace") == "mine"
    assert settings.text("kubernetes", "namespace") == "mine"
    assert settings_of(version=NEW).text("kubernetes_executor", "namespace") == "default"


@pytest.mark.parametrize("name", ["PARALLELISM = 7", "Parallelism = 7"])
def test_names_in_the_file_must_be_lower_case(settings_of, name):
    assert settings_of(f"[core]\n{name}\n").integer("core", "parallelism") == 32


def test_names_in_the_environment_must_be_upper_case(settings_of):
    assert settings_of(env={"airflow__core__parallelism": "7"}).integer("core", "parallelism") == 32


@pytest.mark.parametrize("value", ["7 # note", "7 ; note", '"7"', ""])
def test_what_getint_refuses(settings_of, tmp_path, value):
    settings = settings_of(f"[core]\nparallelism = {value}\n")
    assert settings.text("core", "parallelism") == value
    assert settings.get("core", "parallelism").problem == "is no whole number"
    assert [setting.name for setting in settings.problems()] == ["core.parallelism"]
    with pytest.raises(SettingsError) as caught:
        settings.integer("core", "parallelism")
    assert str(caught.value) == (
        f'{tmp_path}/airflow.cfg:2: core.parallelism = "{value}" is no whole number; Airflow refuses it\n'
        "  → give core.parallelism a value of type integer"
    )


def test_whole_floats_since_3_2(settings_of):
    cfg = "[core]\nparallelism = 16.0\n"
    assert settings_of(cfg, version=NEW).integer("core", "parallelism") == 16
    assert settings_of(cfg, version="3.1.8").get("core", "parallelism").problem


def test_numbers_and_truth_values(settings_of):
    settings = settings_of("[scheduler]\nscheduler_idle_sleep_time = 0.5\ncatchup_by_default = t # on\n")
    assert settings.number("scheduler", "scheduler_idle_sleep_time") == 0.5
    assert settings.boolean("scheduler", "catchup_by_default") is True
    assert settings.problems() == ()


def test_separators_interpolation_and_variables(settings_of):
    cfg = "[core]\nparallelism: 7\nmax_active_tasks_per_dag = %(parallelism)s\ndags_folder = $D/x\n"
    cfg += "[logging]\nlog_format = 5%%\n"
    settings = settings_of(cfg, {"D": "/d", "AIRFLOW__CORE__PLUGINS_FOLDER": "${D}/%(y)s"})
    assert settings.integer("core", "max_active_tasks_per_dag") == 7
    assert settings.text("core", "dags_folder") == "/d/x"
    assert settings.text("core", "plugins_folder") == "/d/%(y)s"
    assert settings.text("logging", "log_format") == "5%"


def test_the_home_placeholder_works_in_defaults_only(settings_of):
    settings = settings_of("[core]\ndags_folder = {AIRFLOW_HOME}/d\n")
    assert settings.text("core", "dags_folder") == "{AIRFLOW_HOME}/d"


def test_a_bad_percent_sign_fails_its_option_only(settings_of, tmp_path):
    settings = settings_of("[core]\nparallelism = 7\ndags_folder = 100%\n")
    assert settings.integer("core", "parallelism") == 7
    assert settings.get("core", "dags_folder").value is None
    with pytest.raises(SettingsError, match="a % stands neither") as caught:
        settings.text("core", "dags_folder")
    assert caught.value.where == f"{tmp_path}/airflow.cfg:3"


def test_what_lost_may_be_unreadable(settings_of):
    settings = settings_of("[core]\ndags_folder = 100%\n", {"AIRFLOW__CORE__DAGS_FOLDER": "/d"})
    assert [lost.value for lost in settings.get("core", "dags_folder").shadowed] == [None]


def test_variables_without_end(settings_of):
    settings = settings_of(env={"A": "$B", "B": "$A", "AIRFLOW__CORE__DAGS_FOLDER": "$A"})
    with pytest.raises(SettingsError, match="Airflow would hang"):
        settings.text("core", "dags_folder")


def test_what_the_catalog_does_not_know_is_read_as_well(settings_of):
    settings = settings_of("[core]\nmine = 1\n[my_plugin]\nanswer = 42\napi_token = hunter2\n")
    assert settings.integer("my_plugin", "answer") == 42
    assert settings.text("core", "mine") == "1"
    assert settings.text("nowhere", "nothing") is None
    assert settings.integer("nowhere", "nothing") is None
    assert settings.get("my_plugin", "api_token").shown == "***"


class TestCommands:
    def test_are_not_run_unasked(self, settings_of, tmp_path):
        settings = settings_of(f"[core]\nfernet_key_cmd = touch {tmp_path}/ran\n")
        setting = settings.get("core", "fernet_key")
        assert setting.value is None
        assert setting.is_hidden
        assert setting.shown == "***"
        assert not setting.is_default
        assert setting.origin.kind is OriginKind.COMMAND
        assert setting.origin.line == 2
        assert settings.text("core", "fernet_key") is None
        assert not (tmp_path / "ran").exists()

    def test_are_run_on_demand_and_once(self, settings_of, tmp_path):
        cfg = f"[database]\nsql_alchemy_conn_cmd = sh -c 'echo x >> {tmp_path}/ran; printf sqlite:///x'\n"
        settings = settings_of(cfg, {"PATH": os.environ["PATH"]}, allow_commands=True)
        assert settings.text("database", "sql_alchemy_conn") == "sqlite:///x"
        assert (tmp_path / "ran").read_text() == "x\n"

    def test_of_the_environment_go_before_the_file(self, settings_of):
        env = {"PATH": os.environ["PATH"], "AIRFLOW__CORE__FERNET_KEY_CMD": "true"}
        setting = settings_of("[core]\nfernet_key = old\n", env, allow_commands=True).get(
            "core", "fernet_key"
        )
        assert setting.value == ""
        assert str(setting.origin) == "AIRFLOW__CORE__FERNET_KEY_CMD"
        assert [lost.value for lost in setting.shadowed] == ["old"]

    def test_of_the_file_that_print_nothing_leave_the_default(self, settings_of):
        env = {"PATH": os.environ["PATH"]}
        settings = settings_of("[celery]\nbroker_url_cmd = true\n", env, allow_commands=True)
        assert settings.get("celery", "broker_url").origin.kind is OriginKind.DEFAULT

    def test_that_lost_are_not_run(self, settings_of, tmp_path):
        cfg = f"[core]\nfernet_key = x\nfernet_key_cmd = touch {tmp_path}/ran\n"
        settings = settings_of(cfg, {"PATH": os.environ["PATH"]}, allow_commands=True)
        (lost,) = settings.get("core", "fernet_key").shadowed
        assert (lost.value, lost.shown, lost.origin.line) == (None, "", 3)
        assert not (tmp_path / "ran").exists()

    def test_that_fail_are_a_problem(self, settings_of):
        env = {"PATH": os.environ["PATH"]}
        settings = settings_of("[celery]\nbroker_url_cmd = false\n", env, allow_commands=True)
        with pytest.raises(SettingsError, match="its command false failed with exit code 1"):
            settings.text("celery", "broker_url")

    def test_are_for_secrets_only(self, settings_of):
        settings = settings_of(
            "[core]\nparallelism_cmd = echo 5\n", {"AIRFLOW__CORE__PARALLELISM_CMD": "echo 6"}
        )
        assert settings.integer("core", "parallelism") == 32


class TestSecretsBackend:
    BACKEND = "[secrets]\nbackend = my.Backend\n"

    def test_is_never_asked(self, settings_of):
        settings = settings_of(self.BACKEND + "[core]\nfernet_key_secret = key\n")
        setting = settings.get("core", "fernet_key")
        assert setting.is_hidden
        assert "secrets backend" in str(setting.origin)

    def test_goes_before_the_file_when_a_variable_names_it(self, settings_of):
        env = {"AIRFLOW__CORE__FERNET_KEY_SECRET": "key"}
        setting = settings_of(self.BACKEND + "[core]\nfernet_key = x\n", env).get("core", "fernet_key")
        assert setting.is_hidden
        assert [lost.shown for lost in setting.shadowed] == ["***"]

    def test_that_cannot_be_imported(self, settings_of):
        settings = settings_of("[secrets]\nbackend = http://x\n[core]\nfernet_key_secret = key\n")
        assert (
            settings.get("core", "fernet_key").problem
            == "it would come from the secrets backend, but the secrets backend is no import path"
        )
        assert settings.refusal.endswith("is no import path")

    @pytest.mark.parametrize(
        ("kwargs", "new", "old"),
        [
            ("backend_kwargs = {}", "", ""),
            ("backend_kwargs_cmd = false", "", ""),
            ("backend_kwargs_cmd = echo 'unclosed", "", ""),
            ("backend_kwargs_cmd = no-such-command", "", "its command no-such-command does not start"),
            ("backend_kwargs_cmd =", "", "its command is empty"),
            ("backend_kwargs = 5%", "a % stands neither", "a % stands neither"),
        ],
    )
    def test_and_its_arguments(self, settings_of, kwargs, new, old):
        for version, reason in ((NEW, new), (OLD, old)):
            cfg = f"{self.BACKEND}{kwargs}\n[core]\nfernet_key_secret = key\n"
            settings = settings_of(cfg, {"PATH": os.environ["PATH"]}, version, allow_commands=True)
            assert settings.get("core", "fernet_key").is_hidden == (not reason)
            assert reason in settings.refusal
            assert bool(settings.refusal) == bool(reason)

    def test_whose_arguments_no_command_of_the_environment_gives(self, settings_of):
        env = {"PATH": "", "AIRFLOW__SECRETS__BACKEND_KWARGS_CMD": "no-such-command"}
        assert "does not start" in settings_of(self.BACKEND, env, allow_commands=True).refusal

    def test_whose_name_cannot_be_read(self, settings_of):
        settings = settings_of("[secrets]\nbackend = 5%\n[core]\nfernet_key_secret = key\n")
        assert settings.get("core", "fernet_key").problem.endswith("is no import path")
        assert "a % stands neither" in settings.refusal

    def test_without_one_airflow_looks_on(self, settings_of):
        env = {"AIRFLOW__CORE__FERNET_KEY_SECRET": "key"}
        assert settings_of("[core]\nfernet_key = x\n", env).text("core", "fernet_key") == "x"

    def test_that_needs_itself_to_start(self, settings_of):
        cfg = self.BACKEND + "backend_kwargs_secret = key\n"
        assert "needs it to start" in settings_of(cfg).get("secrets", "backend_kwargs").problem
        assert settings_of(cfg, version=OLD).get("secrets", "backend_kwargs").is_hidden


class TestTeams:
    CFG = "[core]\nparallelism = 5\n[red=core]\nparallelism = 6\n"

    def test_have_sections_and_variables_of_their_own(self, settings_of):
        settings = settings_of(self.CFG, {"AIRFLOW__RED___CELERY__WORKER_CONCURRENCY": "3"})
        assert settings.get("core", "parallelism", team="red").value == "6"
        assert settings.get("celery", "worker_concurrency", team="red").value == "3"
        assert settings.get("celery", "worker_concurrency").value == "16"

    def test_do_not_inherit_what_holds_for_all(self, settings_of):
        assert settings_of(self.CFG).get("core", "parallelism", team="blue").value == "32"

    def test_in_3_1_have_variables_only(self, settings_of):
        settings = settings_of(self.CFG, {"AIRFLOW__RED___CORE__EXECUTOR": "X"}, version="3.1.8")
        assert settings.get("core", "parallelism", team="red").value == "5"
        assert settings.get("core", "executor", team="red").value == "X"

    def test_are_unknown_before(self, settings_of):
        settings = settings_of(self.CFG, {"AIRFLOW__RED___CORE__EXECUTOR": "X"}, version=OLD)
        assert settings.get("core", "executor", team="red") == settings.get("core", "executor")


class TestPlaces:
    VERSION = AirflowVersion("3.3.2")

    def test_home_and_file_of_the_environment(self, tmp_path):
        (tmp_path / "airflow.cfg").write_text("[core]\nparallelism = 5\n")
        settings = load_settings(version=self.VERSION, env={"T": str(tmp_path), "AIRFLOW_HOME": "$T"})
        assert settings.integer("core", "parallelism") == 5
        assert settings.cfg_path == tmp_path / "airflow.cfg"

    def test_another_file(self, tmp_path):
        (tmp_path / "other.cfg").write_text("[core]\nparallelism = 5\n")
        env = {"AIRFLOW_HOME": "/nowhere", "AIRFLOW_CONFIG": f"{tmp_path}/other.cfg"}
        settings = load_settings(version=self.VERSION, env=env)
        assert settings.integer("core", "parallelism") == 5
        assert settings.text("core", "dags_folder") == "/nowhere/dags"

    def test_a_home_given_by_flag_is_another_installation(self, tmp_path):
        (tmp_path / "other.cfg").write_text("[core]\nparallelism = 5\n")
        env = {"AIRFLOW_CONFIG": f"{tmp_path}/other.cfg"}
        settings = load_settings(version=self.VERSION, env=env, home=tmp_path / "home")
        assert settings.integer("core", "parallelism") == 32

    def test_without_anything_it_is_in_the_home_folder(self, tmp_path):
        settings = load_settings(version=self.VERSION, env={"HOME": str(tmp_path)})
        assert settings.cfg_path == tmp_path / "airflow" / "airflow.cfg"
        assert settings.home == tmp_path / "airflow"

    def test_this_process_is_the_environment_by_default(self, tmp_path, monkeypatch):
        monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
        monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "9")
        assert load_settings(version=self.VERSION).integer("core", "parallelism") == 9

    def test_a_file_below_a_file_is_missing(self, tmp_path):
        (tmp_path / "x").write_text("")
        assert not load_settings(version=self.VERSION, env={}, cfg=tmp_path / "x" / "airflow.cfg").cfg_exists

    def test_a_folder_in_place_of_the_file(self, tmp_path):
        (tmp_path / "airflow.cfg").mkdir()
        with pytest.raises(
            SettingsError, match="cannot read the configuration file: is a directory"
        ) as caught:
            load_settings(version=self.VERSION, env={}, home=tmp_path)
        assert "--cfg" in caught.value.remedy

    def test_a_home_that_airflow_does_not_start_from(self):
        with pytest.raises(SettingsError, match="a % in its path: /a%b"):
            load_settings(version=self.VERSION, env={"AIRFLOW_HOME": "/a%b"})

    def test_a_home_without_end(self):
        with pytest.raises(SettingsError, match=r"^AIRFLOW_HOME: its variables refer"):
            load_settings(version=self.VERSION, env={"AIRFLOW_HOME": "$A", "A": "$B", "B": "$A"})
