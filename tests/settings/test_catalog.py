"""The shipped data: whole, quick to read, and true in a few places that were looked up by hand."""

import json
import re

import pytest

from airflow_tune.settings.catalog import DATA, Catalog, catalog_of, load
from airflow_tune.settings.rename import Fate, rename_of
from airflow_tune.versions import KNOWN_MINORS, AirflowVersion


@pytest.mark.parametrize("minor", KNOWN_MINORS)
def test_every_known_version_has_one(minor):
    catalog = load(minor)
    assert len(catalog.options) > 300
    assert ("core", "parallelism") in catalog.options
    assert ("celery", "worker_concurrency") in catalog.options
    assert ("kubernetes_executor", "namespace") in catalog.options
    assert ("core", "fernet_key") in catalog.sensitive
    for option in catalog.options.values():
        assert catalog.is_read(option.name)
        assert option.type in {"string", "integer", "float", "boolean"} or option.name[0] not in {
            "core",
            "scheduler",
        }
        assert set(re.findall(r"\{[A-Z_]+\}", option.default or "")) <= {"{AIRFLOW_HOME}", "{SECRET_KEY}"}


def test_there_is_no_file_too_many():
    minors = {f"{minor}.json" for minor in KNOWN_MINORS}
    assert {path.name for path in DATA.glob("*.json")} == minors | {"renames.json", "revisions.json"}


@pytest.mark.parametrize(
    ("version", "minor"),
    [("2.5.1", "2.7"), ("2.12.0", "2.11"), ("3.9", "3.3"), ("4.0", "3.3"), ("2.10.5", "2.10")],
)
def test_other_versions_get_the_nearest(version, minor):
    assert catalog_of(AirflowVersion(version)).minor == minor


@pytest.mark.parametrize(
    ("minor", "name", "type_", "default"),
    [
        ("2.11", ("core", "parallelism"), "integer", "32"),
        ("2.7", ("core", "parallelism"), "integer", "32"),
        ("3.3", ("core", "task_success_overtime"), "float", "20"),
        ("2.11", ("webserver", "workers"), "string", "4"),
        ("3.3", ("api", "workers"), "integer", "1"),
        ("2.11", ("core", "executor"), "string", "SequentialExecutor"),
        ("3.3", ("core", "executor"), "string", "LocalExecutor"),
        ("3.3", ("metrics", "otel_port"), "integer", None),
        ("3.1", ("metrics", "otel_port"), "integer", "8889"),
        ("2.11", ("celery", "worker_concurrency"), "integer", "16"),
        ("2.11", ("atlas", "port"), "string", "21000"),
    ],
)
def test_types_and_defaults(minor, name, type_, default):
    option = load(minor).options[name]
    assert (option.type, option.default) == (type_, default)


def test_deprecated_options_are_marked():
    assert load("3.3").options["metrics", "otel_port"].deprecated
    assert not load("3.3").options["core", "parallelism"].deprecated


def test_a_renamed_section_keeps_its_secrets():
    data = json.loads((DATA / "2.11.json").read_text())
    data["options"]["kubernetes_executor"]["namespace"]["sensitive"] = True
    assert ("kubernetes", "namespace") in Catalog("2.11", data).sensitive


def test_formats_and_percent_signs_are_done_with():
    options = load("3.3").options
    assert (
        options["elasticsearch", "log_id_template"].default
        == "{dag_id}-{task_id}-{run_id}-{map_index}-{try_number}"
    )
    assert "%%" not in (options["logging", "simple_log_format"].default or "")
    assert options["logging", "log_filename_template"].default.startswith("dag_id={{ ti.dag_id }}/")


@pytest.mark.parametrize("minor", KNOWN_MINORS)
def test_what_a_name_became_agrees_with_what_the_version_reads(minor):
    catalog = load(minor)
    for name in json.loads((DATA / "renames.json").read_text())["names"]:
        section, _, option = name.rpartition(".")
        rename = rename_of((section, option))
        fate = rename.fates.get(minor)
        assert (fate is Fate.HONOURED) == (catalog.successor((section, option)) is not None), (name, minor)
        if fate in {Fate.RENAMED, Fate.REMOVED}:
            assert not catalog.is_read((section, option)) or (section, option) in catalog.undocumented, name
        if fate is Fate.RENAMED:
            assert rename.new


def test_nothing_became_of_what_never_changed():
    assert rename_of(("core", "parallelism")) is None


def test_of_two_new_names_with_one_old_the_last_answers():
    catalog = load("3.3")
    assert catalog.redirect(("api", "page_size")) == (("api", "fallback_page_limit"), ("api", "page_size"))
    assert catalog.redirect(("webserver", "page_size"))[0] == ("api", "page_size")
