"""AFT610: connections and sockets are opened and never closed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.blocks import held
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import named, source_of
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

OPENS = frozenset(
    {
        *("connect", "get_conn", "raw_connection", "socket", "create_connection", "SMTP", "SMTP_SSL", "FTP"),
        *(
            "SSHClient",
            "Transport",
            "open_sftp",
            "Session",
            "session",
            "sessionmaker",
            "dbconnect",
            "FTP_TLS",
        ),
    }
)
HELD = ("connection", "socket", "smtp", "ftp", "ssh", "sftp", "session")
INSIDE = ("duckdb.", "sqlite3.")
"""Databases in the process itself: no server keeps anything for them."""
CLOSES = frozenset({"close", "quit", "disconnect", "dispose", "shutdown", "remove", "close_conn", "__exit__"})


def check(subject: Subject) -> Iterator[Hit]:
    """Yield what is opened for this function alone and left open."""
    for body in subject.flow.bodies(OPENS):
        for call in body.calls:
            if call.last in OPENS and kind(body, call.node) in HELD and not call.name.startswith(INSIDE):
                what = kind(body, call.node)
                name = bound(body, call)
                if name and left_open(body, name):
                    message = f"nothing closes the {what} in `{name}`: it stays open until Python drops it"
                    yield Hit.on(call.node, message, closing(subject, body, call))


def closing(subject: Subject, body: Body, call: Call) -> Fix | None:
    """Return the fix that puts the rest of the block into a `with` that closes what was opened."""
    known = named(subject, "contextlib.closing")
    edit = held(subject, body, call, f"{known[0]}({source_of(subject, call.node)})") if known else None
    return Fix((edit, *known[1])) if known and edit else None


def bound(body: Body, call: Call) -> str:
    """Return the one name that holds what was opened, "" where something else takes care of it."""
    parent = body.parents.get(call.node)
    target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
    if not isinstance(target, ast.Name) or len(body.binds.get(target.id, ())) != 1:
        return ""
    return target.id


def left_open(body: Body, name: str) -> bool:
    """Return whether nothing closes what a name holds, and nothing else gets hold of it."""
    for load in body.loads.get(name, ()):
        parent = body.parents.get(load)
        if isinstance(parent, ast.Attribute):
            if parent.attr in CLOSES:
                return False
        elif not harmless(body, load, parent):
            return False
    declared = any(isinstance(one, (ast.Global, ast.Nonlocal)) for one in nodes(body.node))
    return bool(body.loads.get(name)) and not declared


def harmless(body: Body, load: ast.Name, parent: ast.AST | None) -> bool:
    """Return whether a use neither closes nor keeps what it is given: a query by pandas, a test for None."""
    if isinstance(parent, (ast.Compare, ast.BoolOp, ast.If, ast.UnaryOp)):
        return True
    keyword = isinstance(parent, ast.keyword)
    call = body.parents.get(parent) if keyword and parent is not None else parent
    if not isinstance(call, ast.Call) or load is call.func:
        return False
    name = body.dotted(call.func)
    return name.startswith("pandas.read_sql") or name.endswith(".to_sql") or name in ("print", "len")


RULE = Rule(
    "AFT610",
    "unclosed-resource",
    Severity.WARN,
    Explanation(
        what=(
            "A connection, ORM session, socket, SSH, SFTP, FTP or mail session that task code opens, "
            "uses itself, "
            "and neither closes nor opens in a with block. Plain files are ruff's SIM115."
        ),
        why=(
            "The server keeps a slot for it until Python drops the object, which a traceback, another "
            "reference or a pool puts off; in loops and triggers they add up."
        ),
        example="connection = hook.get_conn()\nconnection.cursor().execute(SQL)",
        instead=(
            "Put contextlib.closing(...) around it: with closing(connect()) as connection: ... (psycopg2's "
            "own with block only commits)."
        ),
        fix="Unsafe: puts the rest of the block into `with closing(...)`.",
        sources=(
            "https://docs.python.org/3/library/contextlib.html#contextlib.closing",
            "https://www.psycopg.org/docs/usage.html#with-statement",
            "https://docs.astral.sh/ruff/rules/open-file-with-context-handler/",
        ),
    ),
    check,
)
