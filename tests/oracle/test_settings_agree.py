"""Settings are Airflow's own: 500 random mixtures, every option, the real Airflow beside us as the oracle."""

from __future__ import annotations

import importlib.metadata
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_tune.errors import SettingsError
from airflow_tune.origins import OriginKind
from airflow_tune.settings import load_settings
from airflow_tune.settings.catalog import DATA, catalog_of
from airflow_tune.versions import AirflowVersion

pytestmark = pytest.mark.airflow

# Tests are no package: their helpers are found by path.
Mixer = runpy.run_path(str(Path(__file__).with_name("mixtures.py")))["Mixer"]
WORKER = Path(__file__).with_name("airflow_answers.py")
MIXTURES = 500
PARTS = 5
# Another seed looks elsewhere: AIRFLOW_TUNE_SEED=7 nox -s airflow-3.3
SEED = int(os.environ.get("AIRFLOW_TUNE_SEED", "1"))


def here():
    return AirflowVersion(importlib.metadata.version("apache-airflow"))


def old_names_of(catalog):
    """Return every other name that this Airflow or any other knows."""
    renamed = [
        tuple(name.rsplit(".", 1)) for name in json.loads((DATA / "renames.json").read_text())["names"]
    ]
    # Options of providers that the catalog does not cover have defaults that only they know.
    known = {name for name in [*catalog.all_names(), *renamed] if covered(name, catalog)}
    return sorted(known - set(catalog.options))


def covered(name, catalog):
    current, _ = catalog.redirect(name)
    return current[0] in {section for section, _ in catalog.options}


def ask_airflow(mixtures, catalog, folder):
    asked, answered = folder / "mixtures.json", folder / "answers.json"
    names = {"names": list(catalog.options), "old_names": old_names_of(catalog)}
    asked.write_text(json.dumps(names | {"mixtures": mixtures}))
    done = subprocess.run(
        [sys.executable, str(WORKER), str(asked), str(answered)],
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(answered.read_text())


def ours(ask, *args):
    try:
        value = ask(*args)
    except SettingsError:
        return ["refused"]
    return ["unset"] if value is None else ["value", str(value)]


def differences(mixture, theirs, version, monkeypatch):
    """Yield what we make of a mixture that Airflow does not."""
    monkeypatch.chdir(mixture["folder"])
    try:
        settings = load_settings(version=version, env=mixture["env"], allow_commands=True)
    except SettingsError as error:
        # Setting up its unit tests, Airflow may fail over a command that is none of our business any more.
        expected = {"unit tests", "refused"} if "unit_test_mode is on" in error.tried else {"refused"}
        if theirs["start"] not in expected or "options" in theirs:
            yield ("start", theirs["start"], str(error))
        return
    started = "refused" if settings.refusal else "well"
    if theirs["start"] != started:
        yield ("start", theirs["start"], settings.refusal)
    for name, answers in theirs.get("options", {}).items():
        yield from different_option(settings, name, answers)


def different_option(settings, name, answers):
    section, _, option = name.rpartition(".")
    team, is_team, base = section.rpartition("=")
    if is_team:
        setting = settings.get(base, option, team)
        if setting.is_hidden:
            return
        found = [["refused"] if setting.value is None and setting.problem else ours(lambda: setting.value)]
    elif settings.get(section, option).is_hidden:
        yield from hidden(settings.get(section, option), name, answers)
        return
    else:
        found = [ours(settings.text, section, option)]
        if found[0][0] == "value" and len(answers) > 1:
            getters = (settings.integer, settings.number, settings.boolean)
            found += [ours(getter, section, option) for getter in getters]
    if found != answers:
        yield (name, answers, found, settings.get(section, option))


def hidden(setting, name, answers):
    """Only a backend may be hidden here, as commands are run, and then Airflow asked just it."""
    by_backend = answers[0][0] == "value" and answers[0][1].startswith("backend:key/")
    if setting.origin.kind is not OriginKind.COMMAND or not by_backend:
        yield (name, answers, "hidden", setting)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_option_is_what_airflow_makes_of_it(part, tmp_path, monkeypatch):
    version = here()
    catalog = catalog_of(version)
    mixer = Mixer(catalog.options, old_names_of(catalog), catalog.sensitive, seed=f"{SEED}/{part}")
    mixtures = [mixer.mixture(str(tmp_path / str(number))) for number in range(MIXTURES // PARTS)]
    for mixture in mixtures:
        mixture["team_names"] = mixture["team_names"] if catalog.team_variables else []
        mixture["names"] = [
            name for name in mixture["names"] if covered(name, catalog) or name[0] == "my_plugin"
        ]
    answers = ask_airflow(mixtures, catalog, tmp_path)
    found = [
        (number, difference)
        for number, (mixture, theirs) in enumerate(zip(mixtures, answers, strict=True))
        for difference in differences(mixture, theirs, version, monkeypatch)
    ]
    assert found == []
    # A generator that no Airflow could start with would prove nothing.
    assert sum(theirs["start"] == "well" for theirs in answers) > len(answers) // 4
    assert sum("options" in theirs for theirs in answers) > len(answers) // 2
