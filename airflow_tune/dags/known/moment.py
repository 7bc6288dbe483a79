"""Dates and durations of datetime and pendulum; of time zones only the names are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import cast

from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.interpret.zones import zone_named
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.zone import HOME, UTC, in_zone

ZONES = ("tzinfo", "tz", "fold")
DIGITS = 7
"""Arguments of a datetime from its year to its microsecond; behind them comes the zone."""


def made(kind: Callable[..., object], limit: int) -> Handler:
    """Return a handler that builds `kind` from at most `limit` positional and all keyword arguments."""

    def handler(run: Run, call: Call) -> object:
        kwargs = {name: value for name, value in call.kwargs.items() if name not in ZONES}
        args = call.args[:limit]
        if call.spread is not None:
            return Unknown(call.spread.reason, call.spread.line or call.line)

        def build(*values: object) -> object:
            cut = len(args)
            return kind(*values[:cut], **dict(zip(kwargs, values[cut:], strict=True)))

        return lift(run, build, [*args, *kwargs.values()], call.line)

    return handler


def zoned(build: Handler, default: str = HOME, place: int = DIGITS) -> Handler:
    """Return a handler that gives what `build` makes its time zone: as the call says, else `default`.

    `place` is where the zone stands among the arguments; a date that has one keeps it.
    """

    def handler(run: Run, call: Call) -> object:
        found = build(run, call)
        given = call.argument(place, "tzinfo", call.kwargs.get("tz", MISSING))
        zone = default if given is MISSING else zone_named(given)
        bare = isinstance(found, (datetime, time)) and found.tzinfo is None
        return in_zone(cast("datetime", found), zone) if bare else found  # a time is replaced alike

    return handler


def parsed(run: Run, call: Call) -> object:
    """Do `pendulum.parse` and `datetime.fromisoformat`."""
    return lift(run, lambda text: datetime.fromisoformat(str(text)), [call.argument(0, "string")], call.line)


def strptime(run: Run, call: Call) -> object:
    """Do `datetime.strptime`."""
    return lift(run, datetime.strptime, call.args[:2], call.line)


def combined(run: Run, call: Call) -> object:
    """Do `datetime.combine`."""
    return lift(run, datetime.combine, [call.argument(0, "date"), call.argument(1, "time")], call.line)


def same(run: Run, call: Call) -> object:
    """Do `pendulum.instance`, which gives the same moment."""
    return lift(run, lambda moment: moment, [call.argument(0, "obj")], call.line)


def quiet(handler: Handler) -> Handler:
    """Return a handler that gives unknown where the parse fails."""

    def careful(run: Run, call: Call) -> object:
        try:
            return handler(run, call)
        except Exception:  # noqa: BLE001 - a date that is not read here may be read by Airflow's library
            return Unknown("a date", call.line)

    return careful


def duration(**kwargs: float) -> timedelta:
    """Return pendulum's duration as timedelta; months count 30 days, years 365, as pendulum says."""
    days = 30 * kwargs.pop("months", 0) + 365 * kwargs.pop("years", 0)
    return timedelta(days=days) + timedelta(**kwargs)


MOMENTS: dict[str, Handler] = {
    "airflow.utils.dates.datetime": zoned(made(datetime, DIGITS)),
    "airflow.utils.dates.timedelta": made(timedelta, 7),
    "airflow.utils.timezone.datetime": zoned(made(datetime, DIGITS)),
    "airflow.sdk.timezone.datetime": zoned(made(datetime, DIGITS)),
    "datetime.date": made(date, 3),
    "datetime.datetime": zoned(made(datetime, DIGITS)),
    "datetime.datetime.combine": zoned(quiet(combined), place=2),
    "datetime.datetime.fromisoformat": quiet(parsed),
    "datetime.datetime.strptime": quiet(strptime),
    "datetime.time": zoned(made(time, 4), place=4),
    "datetime.timedelta": made(timedelta, 7),
    "pendulum.DateTime": zoned(made(datetime, DIGITS)),
    "pendulum.datetime": zoned(made(datetime, DIGITS), UTC),
    "pendulum.duration": made(duration, 0),
    "pendulum.instance": zoned(quiet(same), UTC, place=1),
    "pendulum.parse": zoned(quiet(parsed), UTC),
}
