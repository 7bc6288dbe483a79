"""Time zones by their names: what a datetime of the read code carries, and how names are compared."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache

UTC = "UTC"
HOME = ""
"""The zone of what has none of its own: Airflow takes it as core.default_timezone."""
ALIASES = frozenset({"UTC", "UCT", "GMT", "GMT0", "GMT+0", "GMT-0", "ZULU", "UNIVERSAL", "GREENWICH", "Z"})
"""What the tz database calls UTC too, below `Etc/` or not."""


class Zone(tzinfo):
    """The time zone of a datetime, by its name; None for some zone that is not known.

    It tells no offset, so that for Python the datetime stays a naive one: dates of which only one has a
    known zone can be compared, and the tz database need not be there.
    """

    __slots__ = ("name",)

    def __init__(self, name: str | None) -> None:
        self.name = name

    def utcoffset(self, _moment: datetime | None) -> None:
        """Return no offset."""

    def dst(self, _moment: datetime | None) -> None:
        """Return no daylight saving."""

    def tzname(self, _moment: datetime | None) -> None:
        """Return no name: texts are to stay as they are without a zone."""

    def __repr__(self) -> str:
        return f"Zone({self.name!r})"

    def __reduce__(self) -> tuple[type[Zone], tuple[str | None]]:
        return Zone, (self.name,)


@lru_cache(maxsize=1024)
def zone(name: str | None) -> Zone:
    """Return the one zone of a name."""
    return Zone(name)


def in_zone(moment: datetime, name: str | None) -> datetime:
    """Return what the clock shows in `moment`, as a time of the zone `name`."""
    return moment.replace(tzinfo=None if name == HOME else zone(name))


def zone_name(moment: datetime) -> str | None:
    """Return the name of a datetime's zone, HOME for a naive one, None where it is not known."""
    found = moment.tzinfo
    if isinstance(found, Zone):
        return found.name
    offset = moment.utcoffset()
    return HOME if offset is None else by_offset(offset)


def by_name(name: str) -> str | None:
    """Return the name that stands for all names of a zone; None for that of the machine."""
    if name.upper().removeprefix("ETC/") in ALIASES:
        return UTC
    return name if name and name != "local" else None


def by_offset(offset: timedelta) -> str:
    """Return the name of the zone that is always `offset` from UTC, such as UTC+09:00."""
    return str(timezone(offset))
