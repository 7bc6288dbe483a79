"""Names in file and environment that do not do what they seem to: old, removed, misspelt, unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from airflow_tune import secrets
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.settings.candidate import VARIABLE_PREFIX, variable
from airflow_tune.settings.catalog import Catalog, Name
from airflow_tune.settings.cfg_file import CfgFile
from airflow_tune.settings.lookup import Lookup
from airflow_tune.settings.rename import Fate
from airflow_tune.settings.ruling import INDIRECT, Ruling, rule, today_of, without_suffix

# AIRFLOW__SECRETS__BACKEND_KWARG__ROLE_ID: any name may follow.
_OPEN_VARIABLES = ("AIRFLOW__SECRETS__BACKEND_KWARG__", "AIRFLOW__WORKERS__SECRETS_BACKEND_KWARG__")


class IgnoredOption(NamedTuple):
    """A name that this version does not read, or still reads though it is an old one.

    `name` is "section.option" as spelt; `shown` the value fit to be printed; `today` the option of
    this version that means the same, if there is one.
    """

    name: str
    origin: Origin
    shown: str
    fate: Fate
    explanation: str
    today: str | None


def find_ignored(lookup: Lookup) -> Iterator[IgnoredOption]:
    """Yield them in the order of the file, then of the variables' names."""
    if lookup.cfg:
        yield from _in_file(lookup, lookup.cfg)
    yield from _in_environment(lookup)


def _in_file(lookup: Lookup, cfg: CfgFile) -> Iterator[IgnoredOption]:
    for (section, option), entry in cfg.entries.items():
        base = section.rpartition("=")[2] if lookup.catalog.team_sections else section
        ruling = rule((base, option), lookup.catalog, lookup.version)
        # [DEFAULT] lends its options to every section: whether one is read depends on where.
        if ruling and section != cfg.parser.default_section:
            origin = Origin(OriginKind.FILE, cfg.where, entry.first_line)
            yield _found((section, option), origin, entry.raw, ruling, lookup.catalog)


def _in_environment(lookup: Lookup) -> Iterator[IgnoredOption]:
    known = {variable(name): name for name in _readable(lookup.catalog)}
    for given in sorted(lookup.sources.env):
        if given.upper().startswith(VARIABLE_PREFIX) and given not in lookup.sources.rewritten:
            name, ruling = _rule_variable(given, known, lookup)
            if ruling:
                origin = Origin(OriginKind.ENVIRONMENT, given)
                yield _found(name, origin, lookup.sources.env[given], ruling, lookup.catalog)


def _rule_variable(given: str, known: dict[str, Name], lookup: Lookup) -> tuple[Name, Ruling | None]:
    base = _without_team(given) if lookup.catalog.team_variables else given
    name = known.get(base) or _named(base)
    if base.startswith(_OPEN_VARIABLES):
        return name, None
    meant = known.get(base.upper())
    if base not in known and meant:
        why = f"Airflow reads {base.upper()}, in upper case only"
        return name, Ruling(Fate.WRONG_CASE, why, today_of(meant, lookup.catalog))
    return name, rule(name, lookup.catalog, lookup.version)


def _readable(catalog: Catalog) -> Iterator[Name]:
    """Yield every name that the version reads; of two with one variable the present one comes last."""
    for section, option in catalog.sensitive:
        yield from ((section, f"{option}{suffix}") for suffix in INDIRECT)
    yield from reversed(list(catalog.all_names()))


def _without_team(given: str) -> str:
    """Return the variable that AIRFLOW__TEAM___SECTION__OPTION is a team's own of."""
    team, separator, rest = given.removeprefix(VARIABLE_PREFIX).partition("___")
    return f"{VARIABLE_PREFIX}{rest}" if team and separator else given


def _named(given: str) -> Name:
    """Return section and option of a variable, as far as its name tells them apart."""
    section, _, option = given[len(VARIABLE_PREFIX) :].lower().partition("__")
    return section, option


def _found(name: Name, origin: Origin, value: str, ruling: Ruling, catalog: Catalog) -> IgnoredOption:
    is_secret = secrets.looks_sensitive(name[1]) or without_suffix(name) in catalog.sensitive
    shown = secrets.MASK if is_secret and value else secrets.redact(value)
    return IgnoredOption(".".join(name), origin, shown, ruling.fate, ruling.explanation, ruling.today)
