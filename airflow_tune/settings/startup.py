"""What Airflow itself does to its settings when it starts: it checks a few, and rewrites old values.

The steps and their order are those of `configuration.py:initialize_config`,
`load_standard_airflow_configuration` and `AirflowConfigParser.validate`. New values are put into
environment variables, as Airflow does, so that they win over whatever was set elsewhere.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from airflow_tune.errors import SettingsError
from airflow_tune.origins import computed
from airflow_tune.settings import conversion
from airflow_tune.settings.candidate import variable
from airflow_tune.settings.catalog import Name
from airflow_tune.settings.lookup import Lookup
from airflow_tune.settings.setting import Setting

_UNIT_TESTS = ("core", "unit_test_mode")
_HOME = ("core", "airflow_home")
_WEBSERVER_CONFIG = ("webserver", "config_file")
_CONNECTION = ("database", "sql_alchemy_conn")
_BACKEND = ("secrets", "backend")
_BACKENDS = ("api", "auth_backends")
_SESSION_BACKEND = "airflow.api.auth.backend.session"
_DEFAULT_BACKEND = "airflow.api.auth.backend.default"
# SQLAlchemy 1.4 dropped these names of PostgreSQL.
_OLD_SCHEMES = ("postgres+psycopg2", "postgres")


class _RefusedError(Exception):
    """Airflow does not start, for the reason given."""


def start(lookup: Lookup, *, home_is_given: bool) -> str:
    """Let `lookup` be what it is after Airflow has started; return why it does not start, or "".

    As in Airflow, a start that is refused leaves the later rewrites undone. Raises SettingsError
    where Airflow would run in unit test mode, with settings of its own.
    """
    try:
        _move_home(lookup, home_is_given=home_is_given)
        _refuse_unit_tests(lookup)
        for step in _STEPS:
            step(lookup)
    except _RefusedError as refused:
        return str(refused)
    return ""


def refuse_unit_tests_early(lookup: Lookup) -> None:
    """Raise SettingsError where the environment alone asks for unit test mode.

    Airflow then does not even read the file that `lookup` is without.
    """
    with contextlib.suppress(_RefusedError):
        _refuse_unit_tests(lookup)


def _read(lookup: Lookup, name: Name) -> Setting:
    """Return a setting that Airflow must be able to read."""
    setting = lookup.get(name)
    if setting.problem and setting.value is None:
        raise _RefusedError(f"{setting.name} ({setting.origin}): {setting.problem}")
    return setting


def _refuse_unit_tests(lookup: Lookup) -> None:
    setting = _read(lookup, _UNIT_TESTS)
    try:
        is_on = conversion.as_boolean(str(setting.value))
    except ValueError as error:
        raise _RefusedError(f"{setting.name} ({setting.origin}) {error}") from None
    if is_on:
        raise SettingsError(
            "core.unit_test_mode is on: Airflow then replaces the file by settings for its own unit tests",
            where=str(setting.origin),
            remedy="switch it off; there is nothing to tune in unit test mode",
        )


def _move_home(lookup: Lookup, *, home_is_given: bool) -> None:
    """Follow `airflow_home` of the file, which old releases let decide the paths of the defaults."""
    value = _read(lookup, _HOME).value
    if value is not None and not home_is_given and lookup.catalog.moves_home_by_option:
        lookup.home = value


def _read_mandatory(lookup: Lookup) -> None:
    if _WEBSERVER_CONFIG in lookup.catalog.options:
        _read(lookup, _WEBSERVER_CONFIG)
    _read(lookup, _CONNECTION)


def _find_backend(lookup: Lookup) -> None:
    """Refuse a secrets backend that cannot be made, as `initialize_secrets_backends` does."""
    setting = _read(lookup, _BACKEND)
    trouble = lookup.sources.backend_trouble() if setting.value else ""
    if trouble:
        raise _RefusedError(f"{setting.name} ({setting.origin}): {trouble}")


def _check_enums(lookup: Lookup) -> None:
    for name, choices in lookup.catalog.enums.items():
        setting = _read(lookup, name)
        if setting.value and setting.value not in choices:
            raise _RefusedError(f"{setting.name} ({setting.origin}) {setting.problem}")


def _replace_old_values(lookup: Lookup) -> None:
    for rewrite in lookup.catalog.rewrites:
        value = _read(lookup, rewrite.name).value or ""
        if re.search(rewrite.pattern, value):
            _put(lookup, rewrite.name, re.sub(rewrite.pattern, rewrite.replacement, value))


def _add_session_backend(lookup: Lookup) -> None:
    """Add the backend that the web interface of 2.x needs, as `_upgrade_auth_backends` does."""
    if not lookup.catalog.upgrades_auth_backends:
        return
    value = _read(lookup, _BACKENDS).value or ""
    if value not in (_DEFAULT_BACKEND, "") and _SESSION_BACKEND not in value:
        _put(lookup, _BACKENDS, f"{value},{_SESSION_BACKEND}")


def _rename_postgres(lookup: Lookup) -> None:
    """Rename the scheme of an old PostgreSQL URL, as `_upgrade_postgres_metastore_conn` does."""
    value = _read(lookup, _CONNECTION).value
    if value is None:
        return
    try:
        scheme = urlsplit(value).scheme
    except ValueError:
        raise _RefusedError("database.sql_alchemy_conn is no URL") from None
    if scheme in _OLD_SCHEMES:
        _put(lookup, _CONNECTION, re.sub(f"^{re.escape(scheme)}://", "postgresql://", value))


def _put(lookup: Lookup, name: Name, value: str) -> None:
    """Set the option's variable, as `_update_env_var` does, and say that Airflow did."""
    before = lookup.get(name)
    lookup.sources.rewritten[variable(name)] = computed(f"Airflow's own rewrite of {before.origin}")
    lookup.sources.env[variable(name)] = value


_STEPS: tuple[Callable[[Lookup], None], ...] = (
    _read_mandatory,
    _find_backend,
    _check_enums,
    _replace_old_values,
    _add_session_backend,
    _rename_postgres,
)
