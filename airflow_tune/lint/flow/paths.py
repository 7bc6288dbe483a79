"""Files that task code and shell commands read and write, by paths that stand in the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from airflow_tune.dags.model import Dag, Task
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.file import Flow
from airflow_tune.lint.flow.texts import HOLE, Text, text_of

SAVES = frozenset(
    {"to_csv", "to_parquet", "to_json", "to_excel", "to_pickle", "to_feather", "savetxt", "save"}
)
LOADS = frozenset(
    {"read_csv", "read_parquet", "read_json", "read_excel", "read_pickle", "read_feather", "loadtxt"}
)
PATH_WRITES = frozenset({"write_text", "write_bytes"})
PATH_READS = frozenset({"read_text", "read_bytes"})
OPENS = frozenset({"open", "io.open", "gzip.open", "bz2.open", "codecs.open"})
CALLS = frozenset({"open", "urlretrieve", "download_file", *SAVES, *LOADS, *PATH_WRITES, *PATH_READS})
REMOTE = re.compile(r"^\w+://|^s3|^gs:|^hdfs|^/dev/|^/proc/|^/dbfs")
# What a shell command writes: redirections and the usual output flags.
REDIRECT = re.compile(
    r"(?:(?<![0-9&])>>?|\s-o|\s-O|--output(?:-document)?[= ]|\btee(?: -a)?\s)\s*[\"']?(/[\w./-]+)"
)
SHELL_PATH = re.compile(r"(?<![\w/.:$}-])(/(?:tmp|var/tmp|data|mnt|opt|home|usr/local)/[\w./-]+)")


@dataclass(frozen=True, slots=True)
class Access:
    """One use of a path: `path` with HOLE for computed parts, `mode` is write, append or read."""

    path: str
    mode: str
    line: int
    file: str = ""


def accesses(body: Body) -> Iterator[tuple[Access, Call]]:
    """Yield the local files that a body opens, saves or loads by a path known from the source."""
    for call in body.calls:
        found = used(body, call)
        if found is None:
            continue
        mode, node = found
        text = text_of(body, pathlike(body, node))
        if text is not None and text.text.strip(HOLE) and not REMOTE.search(text.text):
            yield Access(text.text, mode, call.node.lineno), call


def used(body: Body, call: Call) -> tuple[str, ast.expr] | None:
    """Return how a call uses a file, and the expression for its path."""
    last = call.last
    if call.name in OPENS or (last == "open" and isinstance(pathlike(body, call.receiver), ast.Constant)):
        return opened(body, call)
    if last in SAVES and call.receiver is not None:
        return given("write", call.argument(0, "path_or_buf", "path", "excel_writer", "fname", "file"))
    if last in LOADS and call.name.startswith(("pandas.", "polars.", "numpy.")):
        return given("read", call.argument(0, "filepath_or_buffer", "path", "path_or_buf", "io", "fname"))
    if last in PATH_WRITES or last in PATH_READS:
        return given("write" if last in PATH_WRITES else "read", call.receiver)
    if last in ("urlretrieve", "download_file"):
        return given("write", call.argument(1 if last == "urlretrieve" else 2, "filename", "Filename"))
    return None


def given(mode: str, node: ast.expr | None) -> tuple[str, ast.expr] | None:
    """Return a use of a path, None where no path is given."""
    return (mode, node) if node is not None else None


def opened(body: Body, call: Call) -> tuple[str, ast.expr] | None:
    """Return the mode of an `open` and its path."""
    method = call.name not in OPENS
    said = text_of(body, call.argument(0 if method else 1, "mode")) or Text("r")
    path = call.receiver if method else call.argument(0, "file", "filename")
    mode = "append" if "a" in said.text else "write" if set(said.text) & set("wx+") else "read"
    return (mode, path) if path is not None else None


def pathlike(body: Body, node: ast.expr | None) -> ast.expr | None:
    """Return the text inside `Path("...")`, or the expression itself."""
    value = body.value(node)
    if isinstance(value, ast.Call) and value.args and body.dotted(value.func) in ("pathlib.Path", "Path"):
        return value.args[0] if len(value.args) == 1 else None
    return value


def shell_accesses(command: str) -> Iterator[Access]:
    """Yield the absolute paths that a shell command writes, then those that it only names."""
    written = {found[1].rstrip(".") for found in REDIRECT.finditer(command)}
    for path in sorted(written):
        yield Access(path, "write", 0)
    for path in sorted({found[1].rstrip(".") for found in SHELL_PATH.finditer(command)} - written):
        yield Access(path, "read", 0)


def task_accesses(flow: Flow) -> list[tuple[Dag, Task, Access]]:
    """Return what each task of a file reads and writes, in its function or its shell command."""
    found: list[tuple[Dag, Task, Access]] = []
    for body in flow.bodies(CALLS):
        tasks = flow.tasks_of(body)
        if tasks:
            found += [(dag, task, access) for access, _ in accesses(body) for dag, task in tasks]
    for dag, task in flow.tasks:
        command = task.arguments.get("bash_command")
        if isinstance(command, str):
            found += [
                (dag, task, Access(one.path, one.mode, task.place.line, task.place.file))
                for one in shell_accesses(command)
            ]
    return found


def alone(flow: Flow, body: Body) -> bool:
    """Return whether a body never runs twice at the same time: all its DAGs run once at a time, unmapped."""
    tasks = flow.tasks_of(body)
    return bool(tasks) and all(
        dag.arguments.get("max_active_runs") == 1 and not task.mapped for dag, task in tasks
    )
