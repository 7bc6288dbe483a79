"""When a DAG is due: presets, cron expressions and durations, as far as rules ask.

The five plain fields of cron are read here, as a library for it takes longer to load than all else that
lint does; what has more (L, W, #, ?, H, R, seconds, time zones of timetables) is not known, and None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from airflow_tune.dags.model import MISSING

DAY_S = 86400
PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
"""airflow/timetables/_cron.py of 3.3.2; @once and @continuous are no cron."""
NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(NAMES, 1)}
WEEKDAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
FIELDS: tuple[tuple[int, int, Mapping[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, MONTHS),
    (0, 7, WEEKDAYS),
)
SUNDAY = 7
DIGITS = 9
LONGEST_DAYS = 100 * 366
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Every:
    """A duration from one run to the next."""

    interval_s: float

    def count(self, begin: datetime, end: datetime) -> int:
        """Return how many runs are due from `begin` until `end`."""
        return max(0, int((end - begin).total_seconds() // self.interval_s))

    def moments(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """Yield when runs are due from `begin` on, as long as that is before `end`."""
        for n in range(-int((begin - end).total_seconds() // self.interval_s)):
            yield begin + timedelta(seconds=n * self.interval_s)


@dataclass(frozen=True, slots=True)
class Cron:
    """The values of the five fields; `either` when a day counts by its date or its weekday."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def on(self, day: date) -> bool:
        """Return whether it is due on a day."""
        by_date, by_weekday = day.day in self.days, day.isoweekday() % SUNDAY in self.weekdays
        fits = (by_date or by_weekday) if self.either else (by_date and by_weekday)
        return fits and day.month in self.months

    @property
    def minutes_of_day(self) -> frozenset[int]:
        """Return the minutes from midnight at which it is due on its days."""
        return frozenset(60 * hour + minute for hour in self.hours for minute in self.minutes)

    def count(self, begin: datetime, end: datetime) -> int:
        """Return how many runs are due from `begin` until `end`, whole days by the day."""
        per_day = len(self.minutes) * len(self.hours)
        days = min((end.date() - begin.date()).days, LONGEST_DAYS)
        return per_day * sum(self.on(begin.date() + timedelta(n)) for n in range(days))

    def moments(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """Yield when runs are due from `begin` on, as long as that is before `end`."""
        minutes = sorted(self.minutes_of_day)
        for n in range(min((end.date() - begin.date()).days + 1, LONGEST_DAYS)):
            day = begin.date() + timedelta(n)
            if self.on(day):
                midnight = datetime.combine(day, time(), begin.tzinfo)
                due = (midnight + timedelta(minutes=minute) for minute in minutes)
                yield from (one for one in due if begin <= one < end)

    @property
    def interval_s(self) -> float:
        """Return the mean seconds from one run to the next over a year."""
        begin = datetime(2001, 1, 1, tzinfo=timezone.utc)
        count = self.count(begin, begin + timedelta(YEAR_DAYS))
        return YEAR_DAYS * DAY_S / count if count else float("inf")


def schedule_of(arguments: Mapping[str, object]) -> Every | Cron | None:
    """Return when a DAG with these arguments is due; None where it is not by the clock, or not known."""
    value = given(arguments)
    if isinstance(value, timedelta):
        return Every(value.total_seconds()) if value > timedelta(0) else None
    return cron(PRESETS.get(value.strip(), value)) if isinstance(value, str) else None


def given(arguments: Mapping[str, object]) -> object:
    """Return the schedule as it is written, by its new or old name; MISSING where there is none."""
    return next((arguments[name] for name in ("schedule", "schedule_interval") if name in arguments), MISSING)


def cron(text: str) -> Cron | None:
    """Return a cron expression read; None for what is none, or has more than plain fields."""
    parts = text.lower().split()
    if len(parts) != len(FIELDS):
        return None
    found = [values(part, *field) for part, field in zip(parts, FIELDS, strict=True)]
    if not all(found):
        return None
    minutes, hours, days, months, weekdays = (frozenset(one or ()) for one in found)
    either = not parts[2].startswith("*") and not parts[4].startswith("*")
    return Cron(minutes, hours, days, months, frozenset(day % SUNDAY for day in weekdays), either)


def values(field: str, low: int, high: int, names: Mapping[str, int]) -> set[int] | None:
    """Return the values of one field, None where it is not a plain one."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin = low if span == "*" else number(first, names)
        end = high if span == "*" or (step and not last) else number(last or first, names)
        every = number(step, {}) if step else 1
        if begin is None or end is None or not every or not low <= begin <= end <= high:
            return None
        found.update(range(begin, end + 1, every))
    return found


def number(text: str, names: Mapping[str, int]) -> int | None:
    """Return a number or the number of a name, None for anything else."""
    # Python refuses to read numbers of thousands of digits.
    return int(text) if text.isdecimal() and text.isascii() and len(text) < DIGITS else names.get(text)


def moment(value: object, clock: tzinfo = timezone.utc) -> datetime | None:
    """Return a date or moment as an aware one, by `clock` where it says nothing; None for all else."""
    if isinstance(value, datetime):
        return value if value.utcoffset() is not None else value.replace(tzinfo=clock)
    return datetime.combine(value, time(), clock) if isinstance(value, date) else None
