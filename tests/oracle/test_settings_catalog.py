"""The catalog is Airflow's own: type, default, secret and old name of every option, asked of the real one."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys

import pytest

from airflow_tune.settings.catalog import catalog_of
from airflow_tune.versions import AirflowVersion

pytestmark = pytest.mark.airflow

ASK = """
import json, logging, os, sys, warnings
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
from airflow import configuration
from airflow.providers_manager import ProvidersManager
ProvidersManager().initialize_providers_configuration()
conf = configuration.conf
names = ("_provider_config_fallback_default_values", "_provider_cfg_config_fallback_default_values")
fallbacks = next(getattr(conf, name) for name in names if hasattr(conf, name))
described = conf.configuration_description
options = {}
for section in described:
    for option in described[section]["options"]:
        name = (section.lower(), option.lower())
        default = conf.get_default_value(*name)
        if default is not None:
            default = configuration.expand_env_var(default)
        options[".".join(name)] = {
            "default": "{SECRET_KEY}" if default == configuration.SECRET_KEY else default,
            "sensitive": name in conf.sensitive_config_values,
            "source": described[section].get("source", "core"),
        }
json.dump({
    "options": options,
    "old": [[*new, *old[:2]] for new, old in conf.deprecated_options.items()],
    "sections": {new: old[0] for new, old in conf.deprecated_sections.items()},
    "enums": {".".join(name): sorted(values) for name, values in conf.enums_options.items()},
    "fallbacks": [f"{section}.{option}" for section in fallbacks.sections() for option in fallbacks[section]],
}, sys.stdout)
"""


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "AIRFLOW_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout) | {"home": str(home)}


@pytest.fixture(scope="module")
def catalog():
    return catalog_of(AirflowVersion(importlib.metadata.version("apache-airflow")))


def test_defaults_and_secrets_option_by_option(airflow, catalog):
    sections = {section for section, _ in catalog.options}
    wrong = {}
    for name, theirs in airflow["options"].items():
        section, _, option = name.rpartition(".")
        if section not in sections:
            # Another provider's: only celery and cncf.kubernetes are in the catalog.
            assert theirs["source"] != "core" or section in {
                "fab",
                "common.io",
                "standard",
                "smtp",
                "imap",
            }, name
            continue
        known = catalog.options.get((section, option))
        default = (
            known.default.replace("{AIRFLOW_HOME}", airflow["home"]) if known and known.default else None
        )
        ours = {
            "default": known.default if known and not default else default,
            "sensitive": (section, option) in catalog.sensitive,
        }
        if ours != {"default": theirs["default"], "sensitive": theirs["sensitive"]}:
            wrong[name] = (ours, theirs)
    assert wrong == {}


def test_no_option_is_made_up(airflow, catalog):
    known = set(airflow["options"]) | set(airflow["fallbacks"])
    assert {".".join(name) for name in catalog.options} - known == set()


def test_old_names(airflow, catalog):
    by_old = {tuple(old): tuple(new) for *new, old in ((s, o, (a, b)) for s, o, a, b in airflow["old"])}
    assert {old: catalog.redirect(old)[0] for old in by_old} == by_old
    for new_section, new_option, *old in airflow["old"]:
        if (new_section, new_option) not in by_old:
            assert catalog.redirect((new_section, new_option))[1] == tuple(old)
    assert {old: catalog.redirect((old, "x"))[0] for old in airflow["sections"].values()} == {
        old: (new, "x") for new, old in airflow["sections"].items()
    }


def test_choices_that_airflow_checks_at_its_start(airflow, catalog):
    assert {".".join(name): sorted(values) for name, values in catalog.enums.items()} == airflow["enums"]
