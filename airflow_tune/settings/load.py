"""From home, file and environment to settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from airflow_tune.settings import location, startup
from airflow_tune.settings.catalog import catalog_of
from airflow_tune.settings.lookup import Lookup
from airflow_tune.settings.settings import Settings
from airflow_tune.versions import AirflowVersion


def load_settings(
    *,
    version: AirflowVersion,
    home: Path | None = None,
    cfg: Path | None = None,
    env: Mapping[str, str] | None = None,
    allow_commands: bool = False,
) -> Settings:
    """Return the settings that an Airflow of `version` has after its start.

    `home` and `cfg` default to where Airflow finds them by `env`, which defaults to this process's
    environment. A missing file means defaults. `_cmd` options are run only with `allow_commands`; a
    secrets backend is never asked.

    Raises SettingsError where the file cannot be read (each line at fault is named), where a home
    cannot be, and in Airflow's unit test mode.
    """
    env = os.environ if env is None else env
    found = location.locate(home, cfg, env)
    catalog = catalog_of(version)
    without_file = Lookup(version, catalog, found.home, None, env, allow_commands=allow_commands)
    startup.refuse_unit_tests_early(without_file)
    file = location.read(found.cfg_path)
    lookup = Lookup(version, catalog, found.home, file, env, allow_commands=allow_commands)
    refusal = startup.start(lookup, home_is_given=found.home_is_given)
    return Settings(lookup, cfg_path=found.cfg_path, refusal=refusal)
