"""Files and paths: YAML and JSON files of the project are read where their path is known."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable
from pathlib import PurePosixPath

from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.interpret.storage import content, exists
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call


def from_yaml(_run: Run, call: Call) -> object:
    """Do `yaml.safe_load` and its kin; only plain data is built."""
    text = content(call.argument(0, "stream"))
    if text is None:
        return Unknown("the content of a YAML file", call.line)
    import yaml  # noqa: PLC0415 - most DAG files read no YAML

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return Unknown("the content of a YAML file", call.line)


def from_json(_run: Run, call: Call) -> object:
    """Do `json.load`."""
    text = content(call.argument(0, "fp"))
    try:
        return Unknown("the content of a JSON file", call.line) if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return Unknown("the content of a JSON file", call.line)


def path_of(function: Callable[..., object]) -> Handler:
    """Return a handler for a function of path texts."""

    def handler(run: Run, call: Call) -> object:
        values = [str(v) if isinstance(v, PurePosixPath) else v for v in call.args]
        return lift(run, function, values, call.line)

    return handler


def made_path(run: Run, call: Call) -> object:
    """Do `Path(...)`."""
    return lift(run, PurePosixPath, call.args, call.line)


def here(_run: Run, call: Call) -> object:
    """Do `os.getcwd()`."""
    return Unknown("the working directory", call.line)


FILES: dict[str, Handler] = {
    "json.load": from_json,
    "os.getcwd": here,
    "os.path.abspath": path_of(posixpath.normpath),
    "os.path.basename": path_of(posixpath.basename),
    "os.path.dirname": path_of(posixpath.dirname),
    "os.path.exists": exists,
    "os.path.isfile": exists,
    "os.path.join": path_of(posixpath.join),
    "os.path.normpath": path_of(posixpath.normpath),
    "os.path.realpath": path_of(posixpath.normpath),
    "os.path.splitext": path_of(posixpath.splitext),
    "os.path.split": path_of(posixpath.split),
    "pathlib.Path": made_path,
    "pathlib.PurePath": made_path,
    "pathlib.PosixPath": made_path,
    "yaml.full_load": from_yaml,
    "yaml.load": from_yaml,
    "yaml.safe_load": from_yaml,
}
