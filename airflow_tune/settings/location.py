"""Where Airflow's home and its configuration file are, found as Airflow finds them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from airflow_tune.errors import SettingsError
from airflow_tune.settings.cfg_file import MAX_BYTES, CfgFile, read_cfg
from airflow_tune.settings.expansion import expand

HOME_VARIABLE = "AIRFLOW_HOME"
CFG_VARIABLE = "AIRFLOW_CONFIG"
_DEFAULT_HOME = "~/airflow"


class Location(NamedTuple):
    """Home as Airflow writes it into paths, path of the configuration file, and who chose the home.

    `home_is_given` says that a flag or a variable did, so that the file cannot move it any more.
    """

    home: str
    cfg_path: Path
    home_is_given: bool


def locate(home: Path | None, cfg: Path | None, env: Mapping[str, str]) -> Location:
    """Return home and configuration file: from the flags, else from the environment.

    Airflow takes `AIRFLOW_HOME` or `~/airflow`, and `AIRFLOW_CONFIG` or `airflow.cfg` in the home
    (`configuration.py:get_airflow_home`, `get_airflow_config`). A home given by flag is another
    installation than that of the environment: its own `airflow.cfg` is read, whatever
    `AIRFLOW_CONFIG` says.
    """
    home_text = str(home) if home else _expanded(env.get(HOME_VARIABLE, _DEFAULT_HOME), HOME_VARIABLE, env)
    if "%" in home_text:
        raise SettingsError(
            f"Airflow does not start from a home with a % in its path: {home_text}",
            remedy="move it, or set AIRFLOW_HOME to another folder",
        )
    is_given = home is not None or HOME_VARIABLE in env
    return Location(home_text, cfg or _cfg_path(home, home_text, env), is_given)


def _cfg_path(home: Path | None, home_text: str, env: Mapping[str, str]) -> Path:
    if home is None and CFG_VARIABLE in env:
        return Path(_expanded(env[CFG_VARIABLE], CFG_VARIABLE, env))
    return Path(home_text) / "airflow.cfg"


def _expanded(text: str, variable: str, env: Mapping[str, str]) -> str:
    try:
        return expand(text, env)
    except SettingsError as error:
        raise SettingsError(error.tried, where=variable) from None


def read(path: Path) -> CfgFile | None:
    """Return the configuration file, or None where there is none.

    Raises SettingsError where it cannot be opened or Airflow could not read it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(
            f"cannot read the configuration file: {(error.strerror or 'unknown error').lower()}",
            where=str(path),
            remedy="give a readable airflow.cfg with --cfg, or its folder with --airflow-home",
        ) from None
    return read_cfg(data, str(path))
