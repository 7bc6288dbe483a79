import pytest

from airflow_tune.errors import SettingsError
from airflow_tune.origins import OriginKind

CFG = """[core]
parallelism = 5
fernet_key = hunter2
load_examples = True
[api]
page_size = 7
[logging]
log_format = [%%(asctime)s] %%(message)s
[dag_processor]
dag_bundle_config_list = [
    {
    "name": "dags-folder",
    "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
    "kwargs": {}
    }
    ]
"""


def test_going_through_all_of_them(settings_of):
    names = [setting.name for setting in settings_of(CFG)]
    assert len(names) == len(set(names)) > 400
    assert "core.parallelism" in names
    assert "api.fallback_page_limit" in names
    assert "api.page_size" not in names


def test_what_is_changed(settings_of):
    assert [(each.name, each.shown) for each in settings_of(CFG).changed()] == [
        ("core.parallelism", "5"),
        ("core.fernet_key", "***"),
        ("logging.log_format", "[%(asctime)s] %(message)s"),
        ("api.fallback_page_limit", "7"),
    ]


def test_trying_other_values(settings_of):
    settings = settings_of(CFG)
    tried = settings.replaced({("core", "parallelism"): "16", ("api", "page_size"): "9"})
    setting = tried.get("core", "parallelism")
    assert (setting.value, setting.origin.kind) == ("16", OriginKind.COMPUTED)
    assert [lost.value for lost in setting.shadowed] == ["5"]
    assert tried.integer("api", "fallback_page_limit") == 9
    assert settings.integer("core", "parallelism") == 5
    assert tried.replaced({("core", "max_active_runs_per_dag"): "3"}).integer("core", "parallelism") == 16


def test_a_tried_value_may_be_refused_or_cure(settings_of):
    settings = settings_of("[core]\nparallelism = 7 # note\n")
    assert settings.replaced({("core", "parallelism"): "8"}).problems() == ()
    worse = settings.replaced({("core", "parallelism"): "many"})
    with pytest.raises(SettingsError, match=r'core\.parallelism = "many" is no whole number'):
        worse.integer("core", "parallelism")


def test_a_secret_is_in_no_message(settings_of):
    settings = settings_of("[core]\nfernet_key = hunter2\n[database]\nsql_alchemy_conn = x://u:hunter3@h\n")
    with pytest.raises(SettingsError) as caught:
        settings.integer("core", "fernet_key")
    assert "hunter" not in str(caught.value)
    assert "hunter" not in repr(list(settings))


def test_defaults_of_secrets_are_no_secret(settings_of):
    assert settings_of().get("celery", "broker_url").shown == "redis://redis:6379/0"


def test_a_password_in_an_option_that_is_none(settings_of):
    settings = settings_of("[api]\nbase_url = http://u:hunter2@h/x\n")
    assert settings.get("api", "base_url").shown == "http://u:***@h/x"


def test_empty_means_unset_where_the_default_is(settings_of):
    settings = settings_of("[core]\ndefault_task_execution_timeout =\n")
    assert settings.problems() == ()
    assert settings_of("[core]\ndefault_task_execution_timeout = soon\n").problems() != ()
    assert settings_of("[celery]\njson_logs =\n").problems() != ()
