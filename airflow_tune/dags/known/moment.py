"""Dates and durations of datetime and pendulum, without time zones, which the graph never needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call

ZONES = ("tzinfo", "tz", "fold")


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
    "airflow.utils.timezone.datetime": made(datetime, 7),
    "airflow.sdk.timezone.datetime": made(datetime, 7),
    "datetime.date": made(date, 3),
    "datetime.datetime": made(datetime, 7),
    "datetime.datetime.combine": quiet(combined),
    "datetime.datetime.fromisoformat": quiet(parsed),
    "datetime.datetime.strptime": quiet(strptime),
    "datetime.time": made(time, 4),
    "datetime.timedelta": made(timedelta, 7),
    "pendulum.DateTime": made(datetime, 7),
    "pendulum.datetime": made(datetime, 7),
    "pendulum.duration": made(duration, 0),
    "pendulum.instance": quiet(same),
    "pendulum.parse": quiet(parsed),
}
