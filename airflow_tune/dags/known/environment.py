"""What only the running deployment knows: environment variables, Variables, the clock."""

from __future__ import annotations

from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.interpret.truth import follow, is_plain
from airflow_tune.dags.interpret.zones import zone_named
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.clock import CLOCK, Clock
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.zone import HOME


def named(call: Call) -> str:
    """Return the variable that a call asks for, for the reason."""
    key = follow(call.argument(0, "key"))
    return repr(key)[:60] if isinstance(key, str) else "a variable"


def variable(run: Run, call: Call) -> object:
    """Do `Variable.get(...)`; its default is what the source gives."""
    default = call.argument(1, "default_var", call.kwargs.get("default", MISSING))
    run.risks += default is MISSING
    return Unknown(f"the Variable {named(call)}", call.line, settled(default))


def environ_get(_run: Run, call: Call) -> object:
    """Do `os.environ.get(...)` and `os.getenv(...)`; unset, they give None."""
    default = call.argument(1, "default")
    return Unknown(f"the environment variable {named(call)}", call.line, settled(default))


def settled(default: object) -> object:
    """Return a default where it is plain."""
    value = follow(default)
    return value if value is MISSING or is_plain(value) else MISSING


def clock(default: str | None = None) -> Handler:
    """Return what gives the present time: in the zone that the call names, else in `default`."""

    def handler(_run: Run, call: Call) -> object:
        given = call.argument(0, "tz")
        zone = default if given is None else zone_named(given)
        return Unknown(CLOCK, call.line) if zone is None else Clock(CLOCK, call.line, zone=zone)

    return handler


ENVIRONMENT: dict[str, Handler] = {
    "os.environ.get": environ_get,
    "os.getenv": environ_get,
    "datetime.date.today": clock(),
    "datetime.datetime.now": clock(HOME),
    "datetime.datetime.today": clock(HOME),
    "datetime.datetime.utcnow": clock(HOME),
    "pendulum.now": clock(),
    "pendulum.today": clock(),
    "pendulum.yesterday": clock(),
    "pendulum.tomorrow": clock(),
    "time.time": clock(),
}
