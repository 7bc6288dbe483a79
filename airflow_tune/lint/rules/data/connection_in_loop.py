"""AFT501: a connection is opened for each item of a loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.blocks import moved_before, moved_behind
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.flow.body import Body, Call, Loop, is_name
from airflow_tune.lint.flow.kinds import constructed, kind
from airflow_tune.lint.flow.loops import depends, derived, leaves, per_item, throttled
from airflow_tune.lint.flow.texts import text_of
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

OPENS = frozenset({"connect", "create_engine", "get_conn", "get_sqlalchemy_engine", "Session", "SMTP", "FTP"})
KEPT = ("connection", "engine", "http", "smtp", "ftp", "client")
ONCE = re.compile(
    r"^client:(S3|Aws|Amazon|Emr|Sqs|Sns|Ses|Glue|Lambda|Athena|Batch|Dynamo|Redshift|Ecs|Eks|Sage|Step|GCS)"
)
"""Clients of hooks that make one and keep it."""
PROBE = re.compile(r"\s*select\s+1\s*;?\s*", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield connections opened in loops to the same place each time."""
    made = {name for name in subject.flow.calling if constructed(name) == "connection"}
    for body in subject.flow.bodies(OPENS | made):
        for call in body.calls:
            if (call.last in OPENS or call.last in made) and opened_again(body, call):
                message = f"{call.last}() opens the same connection for each item of the loop"
                yield Hit.on(call.node, message, hoisted(subject, body, call))


def opened_again(body: Body, call: Call) -> bool:
    """Return whether a call opens for each item what it could open once."""
    held = kind(body, call.node)
    kept_by_hook = ONCE.match(held) and isinstance(call.receiver, ast.Name)
    if not call.loops or not held.startswith(KEPT) or kept_by_hook or pooled(body, call):
        return False
    loop = call.loops[-1]
    if loop.over is None:
        # One that ends with its first success tries again; one that sleeps would hold an idle connection.
        return not leaves(loop.node) and not throttled(body, loop)
    if per_item(body, call) is None and not counted(body, call):
        return False
    names = derived(body, loop)
    return not depends(call.node, names) and not probes(body, loop)


def probes(body: Body, loop: Loop) -> bool:
    """Return whether a loop only tries whether connections open: all that it asks is `SELECT 1`."""
    asked = [one.argument(0) for one in body.calls if one.last == "execute" and loop in one.loops]
    texts = [text.text if (text := text_of(body, one)) is not None else "" for one in asked]
    return bool(texts) and all(map(PROBE.fullmatch, texts))


def pooled(body: Body, call: Call) -> bool:
    """Return whether a connection comes from the pool of an engine that was made before the loop."""
    name = call.receiver.id if isinstance(call.receiver, ast.Name) else ""
    home = body.holder(name)
    binds = home.binds[name] if home is not None else []
    return kind(body, call.receiver) == "engine" and not any(call.loops[-1] in one.loops for one in binds)


def hoisted(subject: Subject, body: Body, call: Call) -> Fix | None:
    """Return the fix that opens in front of the loop, and closes behind it what the loop itself closed."""
    statement, loop = body.parents.get(call.node), call.loops[-1].node
    if not isinstance(statement, ast.Assign) or not isinstance(loop, ast.For) or statement not in loop.body:
        return None
    target = statement.targets[0]
    name = target.id if isinstance(target, ast.Name) else ""
    closes = [one for one in body.calls if one.last == "close" and is_name(one.receiver, name)]
    if len(call.loops) > 1 or len(body.binds.get(name, ())) != 1 or len(closes) > 1:
        return None
    edits = moved_before(subject, statement, loop)
    for one in closes:
        last = body.parents.get(one.node)
        if not isinstance(last, ast.Expr) or last not in loop.body:
            return None
        behind = moved_behind(subject, last, loop)
        edits = (*edits, *behind) if edits is not None and behind is not None else None
    return Fix(edits) if edits is not None else None


def counted(body: Body, call: Call) -> bool:
    """Return whether the loop counts to a number; a short count with a way out is a retry."""
    loop = call.loops[-1]
    return body.dotted(getattr(loop.over, "func", loop.over)) == "range" and not leaves(loop.node)  # type: ignore[arg-type]


RULE = Rule(
    "AFT501",
    "connection-in-loop",
    Severity.ERROR,
    Explanation(
        what=(
            "A connection, engine or HTTP session to the same place is opened for each item of a loop in "
            "task code. Loops over several places, and loops that try until they succeed, are left alone."
        ),
        why="Each item pays for TCP, TLS and login, and the server may run out of connections.",
        example="for row in rows:\n    conn = psycopg2.connect(dsn)",
        instead="Open it once before the loop.",
        fix=(
            "Unsafe: opens in front of the loop, and closes behind it, where both are statements of "
            "the loop's own; a failure in the middle leaves other things open."
        ),
        sources=(
            "https://www.postgresql.org/docs/current/runtime-config-connection.html",
            "https://docs.sqlalchemy.org/en/20/core/connections.html",
        ),
    ),
    check,
)
