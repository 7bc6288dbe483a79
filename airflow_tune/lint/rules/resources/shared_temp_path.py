"""AFT609: runs of one task write the same local file."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache, partial

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import named, replace, source_of
from airflow_tune.lint.flow.body import Body, Call, Definition, names_in
from airflow_tune.lint.flow.dead import lines_of
from airflow_tune.lint.flow.paths import CALLS, accesses, alone, used
from airflow_tune.lint.flow.texts import HOLE, text_of
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

TEMP = re.compile(r"^/(var/)?tmp/.")
RUN = "AIRFLOW_CTX_DAG_RUN_ID"
"""Set for each task: context_to_airflow_vars of 2.11.2 and 3.3.2."""
TEMPS = frozenset({"", ".", "/tmp", "/var/tmp"})  # noqa: S108 - folders that say nothing of a file in them
HANDED = (
    "Other code of this file uses the path or its folder too, and a temporary directory would be gone by "
    "then: put the run into the path wherever it is named (context['run_id'], in templates {{ run_id }}), or "
    "hand the data over through object storage."
)
RELATIVE = re.compile(r"^(\./)?[\w-][\w./-]*\.\w+$")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield writes to a fixed temporary or relative path by code that may run twice at the same time."""
    flow = subject.flow
    tool = subject.index.script and "argparse" in subject.index.aliases
    fixes: dict[str, Fix | None] = {}
    lines = cache(partial(quoting, subject))
    for body in () if tool else flow.bodies(CALLS):
        if commanded(body):
            continue
        found = list(accesses(body))
        read = {access.path: access.line for access, _ in reversed(found) if access.mode == "read"}
        for access, call in found:
            fixed = HOLE not in access.path and "{{" not in access.path
            local = TEMP.match(access.path) or RELATIVE.match(access.path)
            log = access.mode == "append" and "log" in access.path.lower()
            if access.mode == "read" or log or not fixed or not local:
                continue
            # What is read first and then written is kept for the next run, which has to find it.
            if not call.loops and not alone(flow, body) and read.get(access.path, access.line) >= access.line:
                message = f"two runs at the same time write the same {access.path}"
                if access.path not in fixes:
                    fixes[access.path] = by_run(subject, access.path)
                advice = HANDED if handed_on(subject, body, call, access.path, lines) else ""
                yield Hit(access.line, message, fix=fixes[access.path], advice=advice, node=call.node)


def handed_on(subject: Subject, body: Body, call: Call, path: str, lines: Callable[[str], list[int]]) -> bool:
    """Return whether other code of the file names a path that a body writes, or the folder it is in.

    `lines` tells the lines of code that name a path.
    """
    home, folder = subject.flow.module, path.rpartition("/")[0]
    places = {path, folder} - TEMPS
    names = [name for name in constants(body, call, home) if said(body, name) in places]
    users = {user for name in names for user in subject.index.uses.get(name, ())} - {body.name, ""}
    if users or any(name in home.loads for name in names):
        return True
    own = lines_of([body.node] if isinstance(body.node, Definition) else [])
    gone = own | {one.line for name in names for one in home.binds[name]}
    return any(line not in gone for place in places for line in lines(place))


def constants(body: Body, call: Call, home: Body) -> set[str]:
    """Return the names of the module that the path of a call is made of."""
    found = used(body, call)
    return {name for name in names_in(found[1] if found else None) if body.holder(name) is home}


def said(body: Body, name: str) -> str:
    """Return the text that a name stands for, "" where that is not known."""
    text = text_of(body, ast.Name(name, ast.Load()))
    return text.text if text is not None else ""


def quoting(subject: Subject, path: str) -> list[int]:
    """Return the lines of code in which a path stands as a whole, not as the beginning of another."""
    whole = re.compile(rf"(?<![\w.-]){re.escape(path)}/?(?![\w/.-])")
    return [number for number, line in subject.flow.code if path in line and whole.search(line)]


def commanded(body: Body) -> bool:
    """Return whether a function is a command of a command line, by click or typer: people run it."""
    decorators = [] if isinstance(body.node, ast.Module) else body.node.decorator_list
    names = [body.dotted(one.func if isinstance(one, ast.Call) else one) for one in decorators]
    return any(name.endswith(".command") for name in names)


def by_run(subject: Subject, path: str) -> Fix | None:
    """Return the fix that names a temporary file after the run, wherever task code of the file names it."""
    known = named(subject, "os.environ")
    stem, dot, ending = path.rpartition(".")
    whole = [
        node
        for function in task_functions(subject)
        for node in nodes(function)
        if isinstance(node, ast.Constant) and node.value == path
    ]
    if known is None or not TEMP.match(path) or "/" in ending or "{" in path or not stem:
        return None
    plain = all(len(source_of(subject, one)) == len(path) + len("''") for one in whole)
    if subject.text.count(path) != len(whole) or not plain:
        return None
    text = f"f\"{stem}-{{{known[0]}['{RUN}']}}{dot}{ending}\""
    return Fix((*(replace(one, text) for one in whole), *known[1]))


def task_functions(subject: Subject) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the functions that tasks may run, those inside others left to the others."""
    found = [one for named in subject.flow.functions.values() for one in named]
    inner = {id(part) for one in found for part in nodes(one) if part is not one}
    return [one for one in found if id(one) not in inner]


RULE = Rule(
    "AFT609",
    "shared-temp-path",
    Severity.WARN,
    Explanation(
        what=(
            "Task code writes a fixed path below /tmp, or one relative to wherever the worker happens "
            "to run. "
            "Tasks that are not mapped, in DAGs with max_active_runs=1, and commands of a command line are "
            "left alone."
        ),
        why="Two runs, two mapped instances or a late retry overwrite each other's file on the same worker.",
        example='frame.to_csv("/tmp/orders.csv")',
        instead="Put the run into the path, or use tempfile.TemporaryDirectory().",
        fix=(
            "Unsafe: names the file after the run; whoever reads it elsewhere has to know its name, "
            "and mapped tasks still share it."
        ),
        sources=("https://docs.python.org/3/library/tempfile.html",),
    ),
    check,
)
