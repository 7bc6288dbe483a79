import sys
from pathlib import Path

import pytest

from airflow_tune.errors import SettingsError
from airflow_tune.origins import OriginKind
from airflow_tune.settings import detect_version, detection, installed
from airflow_tune.settings.installed import installed_here, installed_on_path, installed_with


def environment(prefix, *packages):
    """Make an environment in which pip would have installed these."""
    folder = prefix / "lib" / "python3.11" / "site-packages"
    for package, version in packages:
        info = folder / f"{package.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    command = prefix / "bin" / "airflow"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\nexit 99\n")
    command.chmod(0o755)
    return command


@pytest.fixture
def nothing_here(monkeypatch, tmp_path):
    """No Airflow beside this program, no file: whatever is found is what a test made."""
    monkeypatch.setattr(installed, "installed_here", lambda: None)
    return {"HOME": str(tmp_path), "PATH": str(tmp_path / "bin")}


def test_a_flag_decides(nothing_here):
    found = detect_version(flag="2.10.5", revision="d2f4e1b3c5a7", env=nothing_here)
    assert (str(found.version), found.origin.kind, found.note) == ("2.10.5", OriginKind.FLAG, "")


def test_a_flag_that_is_no_version(nothing_here):
    with pytest.raises(SettingsError) as caught:
        detect_version(flag="latest", env=nothing_here)
    assert (
        str(caught.value)
        == '--airflow-version: "latest" is no Airflow version\n  → give one such as 2.11.2 or 3.3'
    )


@pytest.mark.parametrize(
    ("flag", "used"), [("2.5.0", "2.7"), ("2.12", "2.11"), ("3.8", "3.3"), ("4.0.0", "3.3")]
)
def test_versions_without_catalog(nothing_here, flag, used):
    found = detect_version(flag=flag, env=nothing_here)
    assert str(found.version) == flag
    assert found.note.endswith(f"those of {used} are used")


@pytest.mark.parametrize(
    ("revision", "version", "note"),
    [
        ("d2f4e1b3c5a7", "3.3.0", "of 3.3.0, which later fixes"),
        ("fe199e1abd77", "3.0.3", "of 3.0.3, which later fixes"),
        ("5f2621c13b39", "2.11", "of 2.10.3 to 2.11"),
        ("290244fb8b83", "2.5.0", "those of 2.7 are used"),
    ],
)
def test_the_schema_of_the_metadata_db(nothing_here, revision, version, note):
    found = detect_version(revision=revision, env=nothing_here)
    assert (str(found.version), found.origin.kind) == (version, OriginKind.DATABASE)
    assert note in found.note


def test_an_unknown_schema_says_nothing(nothing_here):
    assert detect_version(revision="0123456789ab", env=nothing_here).origin.kind is OriginKind.ASSUMED
    assert detection.versions_of_revision("0123456789ab") is None


def test_the_command_on_the_path(nothing_here, tmp_path):
    environment(tmp_path, ("apache-airflow", "3.2.0"), ("apache-airflow-core", "3.2.1"))
    found = detect_version(env=nothing_here)
    assert (str(found.version), found.origin.kind) == ("3.2.1", OriginKind.INSTALLED)
    assert str(found.origin) == f"apache-airflow-core 3.2.1, {tmp_path}/bin/airflow"


def test_a_command_that_is_a_link(tmp_path):
    command = environment(tmp_path / "venv", ("apache-airflow", "2.11.2"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "airflow").symlink_to(command)
    assert installed_on_path({"PATH": str(tmp_path / "bin")}).version == "2.11.2"


def test_a_command_without_its_packages(tmp_path):
    environment(tmp_path)
    assert installed_on_path({"PATH": str(tmp_path / "bin")}) is None
    environment(tmp_path / "other", ("requests", "1.0"))
    assert installed_on_path({"PATH": str(tmp_path / "other" / "bin")}) is None
    assert installed_on_path({}) is None


def test_an_interpreter_that_was_named(nothing_here, tmp_path):
    environment(tmp_path / "venv", ("apache-airflow", "2.9.3"))
    found = detect_version(python=tmp_path / "venv" / "bin" / "python", env=nothing_here)
    assert str(found.version) == "2.9.3"


def test_this_environment(tmp_path, monkeypatch):
    environment(tmp_path, ("apache-airflow-core", "3.1.8"))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "lib" / "python3.11" / "site-packages")])
    assert installed_here().version == "3.1.8"
    assert str(detect_version(env={}).version) == "3.1.8"
    monkeypatch.setattr(sys, "path", [])
    assert installed_here() is None
    assert installed_with(Path("/nowhere/bin/python")) is None


@pytest.mark.parametrize(
    ("cfg", "minor", "line"),
    [
        ("[core]\nparallelism = 3\n[scheduler]\nschedule_after_task_execution = True\n", "2.11", 4),
        ("[scheduler]\nstandalone_dag_processor = True\n[api]\nbase_url = x\n", "3.3", 4),
        (
            "[core]\ncheck_slas = 1\ninternal_api_secret_key = 2\n[metrics]\ntimer_unit_consistency = x\n",
            "2.11",
            2,
        ),
        ("[dag_processor]\nparsing_processes = 2\n[dag_processor_x]\na = 1\n", "3.3", 2),
    ],
)
def test_names_that_one_generation_has(nothing_here, tmp_path, cfg, minor, line):
    (tmp_path / "airflow.cfg").write_text(cfg)
    found = detect_version(home=tmp_path, env=nothing_here)
    assert (str(found.version), found.origin.kind, found.origin.line) == (minor, OriginKind.FILE, line)
    assert f"which only Airflow {minor[0]} has" in found.note


@pytest.mark.parametrize("cfg", ["[core]\nparallelism = 3\n", ""])
def test_names_that_say_nothing(nothing_here, tmp_path, cfg):
    (tmp_path / "airflow.cfg").write_text(cfg)
    found = detect_version(cfg=tmp_path / "airflow.cfg", env=nothing_here)
    assert (str(found.version), found.origin.kind) == ("3.3", OriginKind.ASSUMED)
    assert found.note == "assumed; say which it is with --airflow-version"
