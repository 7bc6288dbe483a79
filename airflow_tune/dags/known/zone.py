"""What makes time zones: pendulum, pytz, zoneinfo and datetime."""

from __future__ import annotations

from datetime import timedelta

from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.interpret.zones import zone_object
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.zone import UTC, by_name, by_offset

DAY = timedelta(days=1)


def called(function: str) -> Handler:
    """Return what makes a zone by its name; `function` is told where the name is not known."""

    def handler(run: Run, call: Call) -> object:
        run.risks += 1  # it raises for a name that the tz database has not
        given = call.argument(0, "key" if function.endswith("ZoneInfo") else "name", call.kwargs.get("zone"))
        name = by_name(given) if isinstance(given, str) else None
        return Unknown(f"the result of {function}()", call.line) if name is None else zone_object(name)

    return handler


def offset(_run: Run, call: Call) -> object:
    """Do `datetime.timezone(timedelta(...))`."""
    given = call.argument(0, "offset")
    if isinstance(given, timedelta) and -DAY < given < DAY:
        return zone_object(by_offset(given))
    return Unknown("the result of datetime.timezone()", call.line)


ZONES: dict[str, Handler] = {
    **{
        name: called(name)
        for name in (
            "airflow.sdk.timezone.parse_timezone",
            "airflow.utils.timezone.parse_timezone",
            "backports.zoneinfo.ZoneInfo",
            "pendulum.Timezone",
            "pendulum.timezone",
            "pendulum.tz.Timezone",
            "pendulum.tz.timezone",
            "pendulum.tz.timezone.Timezone",
            "pytz.timezone",
            "zoneinfo.ZoneInfo",
        )
    },
    "datetime.timezone": offset,
    "dateutil.tz.tzutc": lambda _run, _call: zone_object(UTC),
}
