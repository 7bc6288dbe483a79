"""Commands that read an installation: the flags that name its parts, and the Sources they make."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from inspect import Parameter
from itertools import chain
from typing import Any

from airflow_tune.cli import flags
from airflow_tune.installation.sources import DEFAULT_PROFILE, Sources

HISTORY = ("db", "api", "since", "snapshot")
PLACE = ("airflow_home", "cfg")
HOST = ("profile", "airflow_version", "cores", "memory")
_PAGE_LIMIT = "api_page_limit"
_FLAGS: dict[str, Any] = {
    "airflow_home": flags.AirflowHome,
    "cfg": flags.Cfg,
    "dags": flags.Dags,
    "db": flags.Db,
    "api": flags.Api,
    _PAGE_LIMIT: flags.ApiPageLimit,
    "since": flags.Since,
    "snapshot": flags.Snapshot,
    "logs": flags.Logs,
    "deployment": flags.DeploymentFile,
    "profile": flags.ProfileName,
    "airflow_version": flags.AirflowVersionFlag,
    "cores": flags.Cores,
    "memory": flags.Memory,
    "workers": flags.Workers,
    "bench": flags.Bench,
    "allow_commands": flags.AllowCommands,
}
_DEFAULTS = {_PAGE_LIMIT: flags.API_PAGE_LIMIT, "profile": DEFAULT_PROFILE, "allow_commands": False}


def reads(*names: str, **own: object) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that gives a command a flag for each of these fields of Sources, in this order.

    They stand in the place of the command's parameter `sources`, which is given the Sources made of them.
    `own` are annotations to take instead of the usual ones.
    """
    names = tuple(flag for name in names for flag in ((name, _PAGE_LIMIT) if name == "api" else (name,)))

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401 - whatever the flags of the command are
            command(sources=_made({name: given.pop(name) for name in names}), **given)

        # What typer looks at to find the flags.
        signature = _signature(command, {name: own.get(name, _FLAGS[name]) for name in names})
        run.__signature__ = signature  # type: ignore[attr-defined]
        run.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}
        return run

    return decorate


def _made(given: dict[str, Any]) -> Sources:
    from airflow_tune.cli.api import access

    if "api" in given:
        given["api"] = access(given["api"], given.pop(_PAGE_LIMIT))
    return Sources(**given)


def _signature(command: Callable[..., None], annotations: dict[str, Any]) -> inspect.Signature:
    """Return the signature of `command` with these flags in the place of its parameter `sources`."""
    # Sources is imported where a command runs: its name alone is needed here, not what it means.
    written = inspect.signature(command, locals={"Sources": object}, eval_str=True)
    shared = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(name), annotation=annotation)
        for name, annotation in annotations.items()
    ]
    every = (shared if name == "sources" else [one] for name, one in written.parameters.items())
    return inspect.Signature([*chain.from_iterable(every)], return_annotation=None)
