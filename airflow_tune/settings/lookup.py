"""What `conf.get` of one Airflow answers, with the places it took the answer from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from airflow_tune import secrets
from airflow_tune.errors import SettingsError
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.settings import conversion
from airflow_tune.settings.candidate import Candidate, Sources
from airflow_tune.settings.catalog import HOME_PLACEHOLDER, Catalog, Name
from airflow_tune.settings.cfg_file import CfgFile
from airflow_tune.settings.expansion import expand
from airflow_tune.settings.setting import Setting, Shadowed
from airflow_tune.versions import AirflowVersion

_BACKEND = ("secrets", "backend")


class Lookup:
    """The answers of an Airflow of `version` with this home, file and environment."""

    def __init__(
        self,
        version: AirflowVersion,
        catalog: Catalog,
        home: str,
        cfg: CfgFile | None,
        env: Mapping[str, str],
        *,
        allow_commands: bool,
    ) -> None:
        self.version = version
        self.catalog = catalog
        self.home = home
        self.cfg = cfg
        self.sources = Sources(catalog, dict(env), cfg, allow_commands, self._backend)

    def get(self, name: Name, team: str | None = None) -> Setting:
        """Return the setting that Airflow reads when asked for `name`, which may be an old name."""
        current, old = self.catalog.redirect(name)
        places = self.sources.candidates(current, old, team)
        won = next(filter(None, map(_take, places)), None) or self._default(current)
        option = self.catalog.options.get(current)
        sensitive = self.is_sensitive(current)
        return Setting(
            section=current[0],
            option=current[1],
            value=won.value,
            origin=won.origin,
            default=self.default(current),
            type=option.type if option else "string",
            sensitive=sensitive,
            read_as=old if won.name == old else None,
            shadowed=tuple(Shadowed(_lost_value(place), place.origin, sensitive) for place in places),
            problem=won.problem or self.problem(current, won.value),
        )

    def default(self, name: Name) -> str | None:
        """Return what the option is where nothing is set."""
        option = self.catalog.options.get(name)
        if option is None or option.default is None:
            return None
        return expand(option.default.replace(HOME_PLACEHOLDER, self.home), self.sources.env)

    def is_sensitive(self, name: Name) -> bool:
        """Return whether Airflow calls the option sensitive, or an unknown one sounds like it."""
        is_known = name in self.catalog.options
        return name in self.catalog.sensitive or (not is_known and secrets.looks_sensitive(name[1]))

    def _default(self, name: Name) -> _Taken:
        origin = Origin(OriginKind.DEFAULT, f"default of Airflow {self.catalog.minor}")
        return _Taken(name, self.default(name), origin)

    def problem(self, name: Name, value: str | None) -> str:
        """Return why Airflow refuses a value that it could read."""
        option = self.catalog.options.get(name)
        if value is None or option is None or value == option.default:
            return ""
        choices = self.catalog.enums.get(name)
        if choices and value and value not in choices:
            return f"is none of {', '.join(filter(None, choices))}"
        try:
            conversion.convert(value, option.type, self.version)
        except ValueError as error:
            return str(error)
        return ""

    def _backend(self) -> str | None:
        setting = self.get(_BACKEND)
        return "" if setting.problem else setting.value or None


class _Taken(NamedTuple):
    name: Name
    value: str | None
    origin: Origin
    problem: str = ""


def _take(place: Candidate) -> _Taken | None:
    """Return what the place gives, or None where Airflow looks on."""
    try:
        value = place.read()
    except SettingsError as error:
        return _Taken(place.name, None, place.origin, error.tried)
    if value is None and not place.is_hidden:
        return None
    return _Taken(place.name, value, place.origin)


def _lost_value(place: Candidate) -> str | None:
    if place.origin.kind is OriginKind.COMMAND:
        # Airflow does not run it either.
        return None
    try:
        return place.read()
    except SettingsError:
        return None
