"""Each part of an installation is read from where the flags say, else where Airflow finds it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from airflow_tune.errors import SettingsError, UsageError
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.dag_folder import count_dag_files
from airflow_tune.installation.read import read_installation
from airflow_tune.installation.sources import Sources
from airflow_tune.origins import OriginKind

FIXTURES = Path(__file__).parents[1] / "fixtures" / "metadata"


@pytest.fixture
def metadata_db(tmp_path):
    (source,) = FIXTURES.glob("*3.3*.sqlite*")
    return shutil.copy(source, tmp_path / "metadata.sqlite")


def test_a_metadata_db_tells_version_pools_and_files(build, metadata_db):
    found = build(version=None, db=f"sqlite:///{metadata_db}")
    assert found.version.minor == "3.3"
    assert found.version_origin.kind is OriginKind.DATABASE
    assert found.default_pool.origin.kind is OriginKind.DATABASE
    assert "default_pool" in found.pools
    assert found.dag_files is not None
    assert not [note for note in found.notes if "no metadata DB" in note]


def test_db_cfg_takes_the_url_of_the_settings(build, metadata_db):
    found = build(f"[database]\nsql_alchemy_conn = sqlite:///{metadata_db}\n", version=None, db="cfg")
    assert found.version_origin.kind is OriginKind.DATABASE
    assert found.uses_sqlite


def test_db_cfg_without_a_url_is_refused(build):
    with pytest.raises(UsageError, match="the settings name no metadata DB"):
        build("[database]\nsql_alchemy_conn =\n", db="cfg")


def test_every_refused_setting_is_named_at_once(build):
    with pytest.raises(SettingsError) as refused:
        build("[core]\nparallelism = many\nmax_active_runs_per_dag = 3 # few\n")
    assert ":2: core.parallelism" in str(refused.value)
    assert ":3: core.max_active_runs_per_dag" in str(refused.value)


def test_a_dag_folder_named_and_missing_is_refused(tmp_path):
    with pytest.raises(UsageError, match="there is no such folder"):
        read_installation(
            Sources(airflow_home=tmp_path, airflow_version="3.3.2", dags=tmp_path / "no", env={})
        )


def test_dag_files_are_told_by_two_words_and_links_are_followed_once(tmp_path):
    folder = tmp_path / "dags"
    (folder / "below" / "__pycache__").mkdir(parents=True)
    (folder / "one.py").write_text("from airflow import DAG\n", encoding="utf-8")
    (folder / "below" / "two.py").write_text("# an AIRFLOW Dag\n", encoding="utf-8")
    (folder / "below" / "__pycache__" / "three.py").write_text("airflow dag\n", encoding="utf-8")
    (folder / "helper.py").write_text("import os\n", encoding="utf-8")
    (folder / "airflow dag.txt").write_text("airflow dag\n", encoding="utf-8")
    (folder / "gone.py").symlink_to(tmp_path / "nowhere.py")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    assert count_dag_files(folder) == 2


def test_workers_count_and_executors_of_a_deployment(build):
    fleet = (
        "schedulers: {cores: 2, memory: 4GiB}\nworkers:\n  - {name: w, count: 1, cores: 2, memory: 4GiB}\n"
    )
    found = build("[core]\nexecutor = CeleryExecutor\n", deployment=fleet, workers=7)
    assert found.deployment.worker_total == 7
    assert found.runs(ExecutorKind.CELERY)


def test_webserver_workers_of_a_deployment_win_over_the_settings(build):
    servers = "schedulers: {cores: 2, memory: 4GiB}\napi_servers: {cores: 2, memory: 4GiB, workers: 3}\n"
    assert build("[api]\nworkers = 9\n", deployment=servers).api_workers == 3
