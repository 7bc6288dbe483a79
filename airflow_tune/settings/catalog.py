"""The options of one Airflow version: types, defaults, secrets and old names, from the shipped data.

The data is generated from Airflow's wheels by `scripts/generate_catalog.py`. Where a default holds
`{AIRFLOW_HOME}`, the home is filled in; `{SECRET_KEY}` stays, as every Airflow process makes its own.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from airflow_tune.versions import AirflowVersion

DATA = Path(__file__).parent / "data"
HOME_PLACEHOLDER = "{AIRFLOW_HOME}"

Name: TypeAlias = tuple[str, str]

# Read by Airflow itself, though no description lists it.
_AIRFLOW_HOME = ("core", "airflow_home")
# Sections whose options are handed on under whatever name they have.
_OPEN_SECTIONS = frozenset({
    "celery_broker_transport_options",
    "celery_result_backend_transport_options",
    "kubernetes_environment_variables",
    "kubernetes_secrets",
})  # fmt: skip


class Option(NamedTuple):
    """What Airflow says of an option: type is string, integer, float or boolean, as its code reads it.

    `default` is None where there is none, else text with placeholders, as `conf.get` would give it.
    """

    name: Name
    type: str
    default: str | None
    sensitive: bool
    deprecated: bool


class Rewrite(NamedTuple):
    """An old value that Airflow replaces at its start: `pattern` is searched, `replacement` put in."""

    name: Name
    pattern: str
    replacement: str


class Catalog:
    """All options of one minor version, and how that version treats old names and values."""

    def __init__(self, minor: str, data: dict[str, Any]) -> None:
        self.minor = minor
        self.options = {option.name: option for option in _options(data)}
        self.sections = frozenset(section for section, _ in self.options) | _OPEN_SECTIONS
        self.undocumented = {_named(name) for name in data["undocumented"]} | {_AIRFLOW_HOME}
        self.enums: dict[Name, list[str]] = {_named(n): values for n, values in data["enums"].items()}
        self.rewrites = tuple(_rewrites(data))
        self.upgrades_auth_backends: bool = data["upgrades_auth_backends"]
        self.refuses_own_backend: bool = data["refuses_own_backend"]
        self.expects_unrunnable_commands: bool = data["expects_unrunnable_commands"]
        self.moves_home_by_option: bool = data["moves_home_by_option"]
        self.team_variables: bool = data["team_variables"]
        self.team_sections: bool = data["team_sections"]
        self._old_sections: dict[str, str] = {
            new: old for new, (old, _) in data["deprecated_sections"].items()
        }
        self._new_sections = {old: new for new, old in self._old_sections.items()}
        self._old_names: dict[Name, Name] = {(n, m): (o, p) for n, m, o, p, _ in data["deprecated_options"]}
        # Two options may have one old name; as in Airflow the last one listed answers to it.
        self._new_names = {old: new for new, old in self._old_names.items()}
        self._many_to_one: dict[Name, Name] = {(o, p): (n, m) for n, m, o, p, _ in data["many_to_one"]}
        self.sensitive = frozenset(self._all_sensitive())

    def redirect(self, name: Name) -> tuple[Name, Name | None]:
        """Return the name under which Airflow looks `name` up, and the old name it tries after it.

        Follows `AirflowConfigParser.get`: renamed sections go before renamed options, and asking
        for an old name is asking for the new one.
        """
        section, option = name
        if section in self._new_sections:
            return (self._new_sections[section], option), name
        if name in self._new_names:
            return self._new_names[name], name
        if section in self._old_sections:
            return name, (self._old_sections[section], option)
        return name, self._old_names.get(name)

    def is_open(self, section: str) -> bool:
        """Return whether options of any name belong into the section."""
        return section in _OPEN_SECTIONS

    def is_read(self, name: Name) -> bool:
        """Return whether this version reads an option under this very name, and not as an old one."""
        current, _ = self.redirect(name)
        is_old = current != name or name in self._many_to_one
        return not is_old and (name in self.options or name in self.undocumented)

    def successor(self, old: Name) -> Name | None:
        """Return the option that this version reads in place of `old`, None if it does not."""
        current, _ = self.redirect(old)
        return current if current != old else self._many_to_one.get(old)

    def all_names(self) -> Iterator[Name]:
        """Yield every name that this version reads, old names after the present ones."""
        yield from self.options
        yield from self.undocumented
        yield from self._new_names
        yield from self._many_to_one
        for new, old in self._old_sections.items():
            yield from ((old, option) for section, option in self.options if section == new)

    def _all_sensitive(self) -> Iterator[Name]:
        for name in (option.name for option in self.options.values() if option.sensitive):
            yield name
            if name in self._old_names:
                yield self._old_names[name]
            if name[0] in self._old_sections:
                yield self._old_sections[name[0]], name[1]


def catalog_of(version: AirflowVersion) -> Catalog:
    """Return the catalog of the minor version that serves `version` best."""
    return load(version.catalog)


@functools.cache
def load(minor: str) -> Catalog:
    """Return the catalog of a known minor version."""
    return Catalog(minor, json.loads((DATA / f"{minor}.json").read_text(encoding="utf-8")))


def _options(data: dict[str, Any]) -> Iterator[Option]:
    for section, options in data["options"].items():
        for option, entry in options.items():
            yield Option(
                (section, option),
                entry["type"],
                entry.get("default"),
                entry.get("sensitive", False),
                entry.get("deprecated", False),
            )


def _rewrites(data: dict[str, Any]) -> Iterator[Rewrite]:
    for section, options in data["deprecated_values"].items():
        for option, (pattern, replacement) in options.items():
            yield Rewrite((section, option), pattern, replacement)


def _named(dotted: str) -> Name:
    section, _, option = dotted.rpartition(".")
    return section, option
