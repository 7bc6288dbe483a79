"""Files of the project as far as they may be read: below the folder around the DAG folder, and small."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.truth import follow
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.project import LARGEST_BYTES, small_text
from airflow_tune.dags.values.function import Call


@dataclass(frozen=True, slots=True, eq=False)
class OpenFile:
    """A file of the project that was opened for reading."""

    path: Path


def inside(run: Run, value: object) -> Path | None:
    """Return the path of a file of the project; None for all others, which are never touched."""
    value = follow(value)
    return run.project.inside(str(value)) if isinstance(value, (str, PurePosixPath)) else None


def opened(run: Run, call: Call) -> object:
    """Do `open(path)`."""
    path = inside(run, call.argument(0, "file"))
    mode = call.argument(1, "mode", "r")
    if path is None or not isinstance(mode, str) or set(mode) & set("wax+"):
        return Unknown("the content of a file", call.line)
    return OpenFile(path)


def content(source: object) -> str | None:
    """Return the text of an open file or the text itself."""
    source = follow(source)
    if isinstance(source, str):
        return source if len(source) <= LARGEST_BYTES else None
    if not isinstance(source, OpenFile):
        return None
    return small_text(source.path)


def exists(run: Run, call: Call) -> object:
    """Do `os.path.exists` for files of the project."""
    if inside(run, call.argument(0, "path")) is not None:
        return True
    return Unknown("whether a file is there", call.line)


def read_file(_run: Run, value: OpenFile, call: Call) -> object:
    """Do `file.read()`."""
    text = content(value)
    return Unknown("the content of a file", call.line) if text is None else text


def path_method(run: Run, value: PurePosixPath, name: str, call: Call) -> object:
    """Do a method of a path."""
    if name in ("resolve", "absolute", "expanduser"):
        return value
    if name in ("exists", "is_file"):
        return exists(run, Call([value], {}, call.node, call.scope))
    if name in ("open", "read_text"):
        found = opened(run, Call([value], {}, call.node, call.scope))
        return read_file(run, found, call) if name == "read_text" and isinstance(found, OpenFile) else found
    if name in ("joinpath", "with_suffix", "with_name", "as_posix", "is_absolute", "relative_to"):
        return lift(run, getattr(value, name), call.args, call.line)
    return Unknown(f"the result of a path's {name}()", call.line)
