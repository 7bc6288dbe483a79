"""Names that do not do what they seem to."""

import pytest

from airflow_tune.settings import Fate

OLD, NEW = "2.11.2", "3.3.2"


def told(settings):
    return {each.name: (each.fate, each.today) for each in settings.ignored}


@pytest.mark.parametrize(
    ("version", "name", "fate", "today"),
    [
        (NEW, "scheduler.parsing_processes", Fate.RENAMED, "dag_processor.parsing_processes"),
        (OLD, "scheduler.parsing_processes", None, None),
        (OLD, "dag_processor.parsing_processes", Fate.UNKNOWN, None),
        (NEW, "scheduler.max_threads", Fate.RENAMED, "dag_processor.parsing_processes"),
        (OLD, "scheduler.max_threads", Fate.HONOURED, "scheduler.parsing_processes"),
        (NEW, "webserver.workers", Fate.HONOURED, "api.workers"),
        (NEW, "webserver.page_size", Fate.HONOURED, "api.fallback_page_limit"),
        (NEW, "scheduler.schedule_after_task_execution", Fate.REMOVED, None),
        (OLD, "scheduler.schedule_after_task_execution", None, None),
        (OLD, "celery.stalled_task_timeout", Fate.HONOURED, "scheduler.task_queued_timeout"),
        (NEW, "kubernetes.namespace", Fate.RENAMED, "kubernetes_executor.namespace"),
        (OLD, "kubernetes.namespace", Fate.HONOURED, "kubernetes_executor.namespace"),
        ("3.1.8", "core.max_num_rendered_ti_fields_per_task", None, None),
        (
            NEW,
            "core.max_num_rendered_ti_fields_per_task",
            Fate.HONOURED,
            "core.num_dag_runs_to_retain_rendered_fields",
        ),
        (NEW, "core.paralelism", Fate.UNKNOWN, None),
        (NEW, "core.zzzz", Fate.UNKNOWN, None),
        (OLD, "api.workers", Fate.UNKNOWN, None),
        (NEW, "my_plugin.answer", Fate.FOREIGN, None),
        (NEW, "core.Parallelism", Fate.WRONG_CASE, "core.parallelism"),
        (OLD, "core.DAG_CONCURRENCY", Fate.WRONG_CASE, "core.max_active_tasks_per_dag"),
        (NEW, "core.parallelism_cmd", Fate.NOT_SENSITIVE, None),
        (NEW, "core.fernet_key_cmd", None, None),
        (NEW, "core.fernet_key_secret", None, None),
        (NEW, "core.airflow_home", None, None),
        (NEW, "scheduler.num_stuck_in_queued_retries", None, None),
        (NEW, "celery_broker_transport_options.anything", None, None),
        (NEW, "red=core.parallelism", None, None),
        (NEW, "red=core.paralelism", Fate.UNKNOWN, None),
        (OLD, "red=core.parallelism", Fate.FOREIGN, None),
        (NEW, "DEFAULT.anything", None, None),
    ],
)
def test_fates_in_the_file(settings_of, version, name, fate, today):
    section, _, option = name.rpartition(".")
    found = told(settings_of(f"[{section}]\n{option} = 1\n", version=version))
    assert found == ({name: (fate, today)} if fate else {})


@pytest.mark.parametrize(
    ("version", "variable", "name", "fate"),
    [
        (NEW, "AIRFLOW__SCHEDULER__PARSING_PROCESSES", "scheduler.parsing_processes", Fate.RENAMED),
        (OLD, "AIRFLOW__CORE__DAG_CONCURRENCY", "core.dag_concurrency", Fate.HONOURED),
        (NEW, "AIRFLOW__CORE__NONSENSE", "core.nonsense", Fate.UNKNOWN),
        (NEW, "AIRFLOW__PLUGIN__X", "plugin.x", Fate.FOREIGN),
        (NEW, "airflow__core__parallelism", "core.parallelism", Fate.WRONG_CASE),
        (NEW, "AIRFLOW__CORE__parallelism", "core.parallelism", Fate.WRONG_CASE),
        (NEW, "AIRFLOW__CORE__PARALLELISM", None, None),
        (NEW, "AIRFLOW__CORE__FERNET_KEY_CMD", None, None),
        (NEW, "AIRFLOW__CORE__PARALLELISM_CMD", "core.parallelism_cmd", Fate.NOT_SENSITIVE),
        (NEW, "AIRFLOW__SECRETS__BACKEND_KWARG__ROLE_ID", None, None),
        (NEW, "AIRFLOW__RED___CORE__PARALLELISM", None, None),
        (OLD, "AIRFLOW__RED___CORE__PARALLELISM", "red._core__parallelism", Fate.FOREIGN),
        (NEW, "AIRFLOW_HOME", None, None),
    ],
)
def test_fates_in_the_environment(settings_of, version, variable, name, fate):
    found = settings_of(env={variable: "1"}, version=version).ignored
    assert [(each.name, each.fate, str(each.origin)) for each in found] == (
        [(name, fate, variable)] if name else []
    )


def test_each_says_why(settings_of, tmp_path):
    cfg = "[scheduler]\nparsing_processes = 4\nschedule_after_task_execution = x\n[core]\nparalelism = 1\n"
    cfg += "[webserver]\nworkers = 2\n"
    settings = settings_of(cfg, {"airflow__core__parallelism": "1"})
    assert [(str(each.origin), each.explanation) for each in settings.ignored] == [
        (
            f"{tmp_path}/airflow.cfg:2",
            "renamed to dag_processor.parsing_processes in 3.0; Airflow 3.3.2 silently ignores the old name",
        ),
        (f"{tmp_path}/airflow.cfg:3", "removed in 3.0; Airflow 3.3.2 does not read it"),
        (f"{tmp_path}/airflow.cfg:5", "no option of Airflow 3.3.2; the nearest name is core.parallelism"),
        (f"{tmp_path}/airflow.cfg:7", "renamed to api.workers in 3.0; the old name is still read"),
        ("airflow__core__parallelism", "Airflow reads AIRFLOW__CORE__PARALLELISM, in upper case only"),
    ]


def test_values_that_look_secret_are_masked(settings_of):
    cfg = "[plugin]\napi_token = hunter2\nurl = http://u:hunter2@h\nplain = text\n"
    cfg += "[core]\nFERNET_KEY = hunter2\n"
    assert [each.shown for each in settings_of(cfg).ignored] == ["***", "http://u:***@h", "text", "***"]


def test_what_airflow_itself_sets_is_not_the_users(settings_of):
    assert settings_of("[core]\nexecutor = SequentialExecutor\n").ignored == ()
