"""The time zone of a DAG, in which Airflow reads its cron schedule: that of its start_date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airflow_tune.dags.model import Reference
from airflow_tune.dags.values.clock import Clock
from airflow_tune.dags.values.zone import HOME, UTC, zone_name


def timezone_of(arguments: Mapping[str, object]) -> str | None:
    """Return the name of a DAG's time zone, HOME where that is core.default_timezone, None if not known.

    Where the DAG's own start_date is naive and that of default_args is not, 2.x takes the zone of
    default_args (airflow.models.dag of 2.11.2) and 3.x the default one (airflow.sdk.definitions.dag of
    3.3.2): that is not known here.
    """
    defaults, own = arguments.get("default_args"), arguments.get("start_date")
    common = zone_of(defaults.get("start_date")) if isinstance(defaults, dict) else HOME
    if own is None:
        return common if defaults is None or isinstance(defaults, dict) else None
    found = zone_of(own)
    return None if found == HOME and common != HOME else found


def clock_of(arguments: Mapping[str, object]) -> tzinfo:
    """Return the clock by which a DAG's cron schedule goes.

    UTC where its zone, or core.default_timezone, is not known, and where the tz database lacks it.
    """
    name = timezone_of(arguments)
    if name is None or name in (HOME, UTC):
        return timezone.utc
    try:
        offset = datetime.strptime(name, "UTC%z").tzinfo if name.startswith(UTC) else None  # see by_offset
        return offset or ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.utc


def zone_of(begin: object) -> str | None:
    """Return the name of a start_date's zone, HOME for a naive one or none, None where it is not known."""
    if isinstance(begin, str):
        begin = read(begin)
    if isinstance(begin, datetime):
        return zone_name(begin)
    if isinstance(begin, Clock):
        return begin.zone
    if isinstance(begin, Reference) and begin.kind == "date":  # days_ago(1)
        return UTC
    return HOME if begin is None or isinstance(begin, date) else None


def read(text: str) -> datetime | str:
    """Return the datetime of an ISO text, else the text."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text
