"""All settings of one Airflow: asked one by one, gone through, or tried with other values."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from airflow_tune.errors import SettingsError
from airflow_tune.origins import computed
from airflow_tune.settings import conversion
from airflow_tune.settings.catalog import Name
from airflow_tune.settings.ignored import IgnoredOption, find_ignored
from airflow_tune.settings.lookup import Lookup
from airflow_tune.settings.setting import Setting, Shadowed
from airflow_tune.versions import AirflowVersion

T = TypeVar("T")


class Settings:
    """The effective configuration; immutable, `replaced` gives a copy with other values.

    `home` is AIRFLOW_HOME, `cfg_path` the configuration file and `cfg_exists` whether it is there.
    `refusal` says why Airflow does not start with these settings, empty if it does.
    """

    def __init__(
        self,
        lookup: Lookup,
        *,
        cfg_path: Path,
        refusal: str = "",
        instead: Mapping[Name, str] | None = None,
    ) -> None:
        self._lookup = lookup
        self._instead = dict(instead or {})
        self._known: dict[tuple[Name, str | None], Setting] = {}
        self.version: AirflowVersion = lookup.version
        self.home = Path(lookup.home)
        self.cfg_path = cfg_path
        self.cfg_exists = lookup.cfg is not None
        self.refusal = refusal

    @property
    def lookup(self) -> Lookup:
        """Return where the values are looked up: file, environment, catalog."""
        return self._lookup

    def get(self, section: str, option: str, team: str | None = None) -> Setting:
        """Return the setting that Airflow reads under this name, which may be an old one.

        With `team` it is the team's own (3.1 and later); what holds for all teams is then not
        looked at, only defaults are, as in Airflow.
        """
        asked = ((section.lower(), option.lower()), team)
        if asked not in self._known:
            self._known[asked] = self._resolved(*asked)
        return self._known[asked]

    def text(self, section: str, option: str) -> str | None:
        """Return the value as text; None where nothing is set or only a command knows.

        Raises SettingsError, naming file and line or variable, where Airflow fails to read it.
        """
        setting = self.get(section, option)
        if setting.value is None and setting.problem:
            raise _refused(setting, setting.problem)
        return setting.value

    def integer(self, section: str, option: str) -> int | None:
        """Return the value as Airflow's `getint`; raises SettingsError where that refuses it."""
        return self._converted(section, option, lambda text: conversion.as_integer(text, self.version))

    def number(self, section: str, option: str) -> float | None:
        """Return the value as Airflow's `getfloat`; raises SettingsError where that refuses it."""
        return self._converted(section, option, conversion.as_float)

    def boolean(self, section: str, option: str) -> bool | None:
        """Return the value as Airflow's `getboolean`; raises SettingsError where that refuses it."""
        return self._converted(section, option, conversion.as_boolean)

    def __iter__(self) -> Iterator[Setting]:
        """Yield every option of this version's catalog, in Airflow's order."""
        for name in self._lookup.catalog.options:
            yield self.get(*name)

    def changed(self) -> tuple[Setting, ...]:
        """Return the settings whose value is not the default."""
        return tuple(setting for setting in self if not setting.is_default)

    def problems(self) -> tuple[Setting, ...]:
        """Return the settings that Airflow refuses; each says why in its `problem`."""
        return tuple(setting for setting in self if setting.problem)

    @functools.cached_property
    def ignored(self) -> tuple[IgnoredOption, ...]:
        """Names in file and environment that this version does not read, or reads as old ones."""
        return tuple(find_ignored(self._lookup))

    def replaced(self, values: Mapping[Name, str]) -> Settings:
        """Return a copy in which the options have these values, with origin kind COMPUTED."""
        present = {self._lookup.catalog.redirect(name)[0]: value for name, value in values.items()}
        copy = Settings(
            self._lookup, cfg_path=self.cfg_path, refusal=self.refusal, instead=self._instead | present
        )
        # What stays as it was need not be worked out again.
        copy._known = {asked: found for asked, found in self._known.items() if _name(found) not in present}
        return copy

    def _resolved(self, name: Name, team: str | None) -> Setting:
        setting = self._lookup.get(name, team)
        value = self._instead.get((setting.section, setting.option)) if team is None else None
        if value is None:
            return setting
        lost = Shadowed(setting.value, setting.origin, setting.sensitive)
        return replace(
            setting,
            value=value,
            origin=computed("tried in place of what is set"),
            read_as=None,
            shadowed=(lost, *setting.shadowed),
            problem=self._lookup.problem((setting.section, setting.option), value),
        )

    def _converted(self, section: str, option: str, convert: Callable[[str], T]) -> T | None:
        text = self.text(section, option)
        if text is None:
            return None
        try:
            return convert(text)
        except ValueError as error:
            raise _refused(self.get(section, option), str(error)) from None


def _name(setting: Setting) -> Name:
    return setting.section, setting.option


def _refused(setting: Setting, reason: str) -> SettingsError:
    shown = f' = "{setting.shown}"' if setting.value is not None else ""
    return SettingsError(
        f"{setting.name}{shown} {reason}; Airflow refuses it",
        where=str(setting.origin),
        remedy=f"give {setting.name} a value of type {setting.type}" if setting.value is not None else "",
    )
