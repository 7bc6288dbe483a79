"""Time zones as objects of the read code."""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo
from functools import lru_cache

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.symbol import Opaque, Symbol
from airflow_tune.dags.values.zone import HOME, UTC, Zone, by_name, by_offset, in_zone

KIND = "time zone"
DEFAULT = "airflow.settings.TIMEZONE"
"""What holds core.default_timezone."""


@lru_cache(maxsize=1024)
def zone_object(name: str) -> Opaque:
    """Return the one object of a zone, so that identity compares as it does in Python."""
    return Opaque(KIND, name)


def zone_named(value: object) -> str | None:
    """Return the name of the zone that a value stands for, HOME for no zone, None where it is not known."""
    if value is None:
        return HOME
    if isinstance(value, str):
        return by_name(value)
    if isinstance(value, timezone):
        return by_offset(value.utcoffset(None))
    if isinstance(value, Symbol):
        return by_symbol(value)
    return value.name if isinstance(value, Opaque) and value.kind == KIND else None


def by_symbol(value: Symbol) -> str | None:
    """Return the zone that a package has under a name, such as datetime.timezone.utc or pytz.UTC."""
    if value.name == DEFAULT:
        return HOME
    return UTC if value.last.lower() == "utc" and not value.foreign else None


def zone_of(found: tzinfo | None, line: int) -> object:
    """Return a datetime's `tzinfo` as a value of the read code."""
    if not isinstance(found, Zone):
        return found
    return Unknown("a time zone", line) if found.name is None else zone_object(found.name)


def localize(_run: Run, zone: Opaque, call: Call) -> object:
    """Do `pytz.timezone(...).localize(moment)`."""
    moment = call.argument(0, "dt")
    if type(moment) is datetime and moment.tzinfo is None:
        return in_zone(moment, zone.name)
    return Unknown("the result of localize()", call.line)
