"""Runs beside a real Airflow: reads mixtures, answers what its own configuration makes of each.

Usage: python airflow_answers.py MIXTURES.json ANSWERS.json

One process starts Airflow once; each mixture then gets a parser made by Airflow's own
`initialize_config` and `validate`, with the environment and the file of that mixture.
"""

import contextlib
import json
import logging
import os
import sys
import tempfile
import types
import warnings
from copy import deepcopy
from pathlib import Path


class Backend:
    """A secrets backend that knows every key."""

    def __init__(self, **kwargs):
        pass

    def get_config(self, key):
        return f"backend:{key}"


class HangError(Exception):
    """Airflow would not have come back."""


class Rounds:
    """Counts how often Airflow goes round in `expand_env_var`, which may never end."""

    most = 3000

    def __init__(self):
        self.left = self.most
        self.expand = os.path.expandvars

    def __call__(self, text):
        self.left -= 1
        if self.left < 0:
            raise HangError
        return self.expand(text)


rounds = os.path.expandvars = Rounds()


def boot():
    """Import Airflow in a home of its own, and keep what is costly and never changes."""
    os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    from airflow import configuration  # noqa: PLC0415 -- only with a home of its own
    from airflow.providers_manager import ProvidersManager  # noqa: PLC0415 -- likewise

    module = types.ModuleType("oracle_backend")
    module.Backend = Backend
    sys.modules["oracle_backend"] = module
    manager = ProvidersManager()
    manager.initialize_providers_configuration()
    described = configuration.retrieve_configuration_description(include_providers=False)
    configuration.retrieve_configuration_description = lambda **_: deepcopy(described)
    return configuration


def start(configuration, mixture):
    """Do what importing `airflow.configuration` does; return the parser and whether all went well."""
    os.environ.clear()
    os.environ.update(mixture["env"])
    forget_keys(configuration)
    configuration.AIRFLOW_HOME = counted(configuration.get_airflow_home)
    configuration.AIRFLOW_CONFIG = counted(configuration.get_airflow_config, configuration.AIRFLOW_HOME)
    parser = counted(configuration.initialize_config)
    configuration.conf = parser
    try:
        counted(configuration.get_custom_secret_backend)
        counted(parser.validate)
    except Exception:  # noqa: BLE001 -- whatever it is, Airflow does not start
        refused = True
    else:
        refused = False
    if hasattr(parser, "_providers_configuration_loaded"):
        counted(parser.load_providers_configuration)
    return parser, refused


def forget_keys(configuration):
    """Unit test mode makes keys that a fresh process would not have."""
    if hasattr(configuration, "_SecretKeys"):
        configuration._SecretKeys.fernet_key = configuration._SecretKeys.jwt_secret_key = ""
    configuration.FERNET_KEY = configuration.JWT_SECRET_KEY = ""


def counted(call, *args, **kwargs):
    rounds.left = rounds.most
    return call(*args, **kwargs)


def asked(getter, section, option, **kwargs):
    """Return ["value", text], ["unset"] or ["refused"]."""
    try:
        value = str(counted(getter, section, option, **kwargs))
    except Exception as error:  # noqa: BLE001 -- whatever it is, Airflow refuses
        return ["unset"] if "not found in config" in str(error) else ["refused"]
    return ["value", "{SECRET_KEY}" if value == made_anew() else value]


def made_anew():
    """Return the key that each process makes for itself."""
    return sys.modules["airflow.configuration"].SECRET_KEY


def answers(parser, names, old_names, team_names):
    found = {}
    for section, option in names + old_names:
        row = [asked(parser.get, section, option, suppress_warnings=True)]
        if row[0][0] == "value" and [section, option] not in old_names:
            row += [
                asked(getter, section, option)
                for getter in (parser.getint, parser.getfloat, parser.getboolean)
            ]
        found[f"{section}.{option}"] = row
    for section, option, team in team_names:
        key = f"{team}={section}.{option}"
        found[key] = [asked(parser.get, section, option, suppress_warnings=True, team_name=team)]
    return found


def answer(configuration, mixture, names, old_names):
    folder = Path(mixture["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    if mixture["cfg"] is not None:
        (folder / "airflow.cfg").write_bytes(mixture["cfg"].encode("latin-1"))
    os.chdir(folder)
    try:
        parser, refused = start(configuration, mixture)
    except Exception:  # noqa: BLE001 -- whatever it is, Airflow does not start
        return {"start": "refused"}
    if counted(parser.getboolean, "core", "unit_test_mode"):
        return {"start": "unit tests"}
    return {
        "start": "refused" if refused else "well",
        "options": answers(parser, names + mixture["names"], old_names, mixture["team_names"]),
    }


def main():
    given = json.loads(Path(sys.argv[1]).read_text())
    configuration = boot()
    found = []
    for mixture in given["mixtures"]:
        with contextlib.redirect_stderr(None):
            found.append(answer(configuration, mixture, given["names"], given["old_names"]))
    Path(sys.argv[2]).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
