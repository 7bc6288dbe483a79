"""AFT508: an engine that keeps no connections, or is made anew for each use."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.file import Flow
from airflow_tune.lint.flow.loops import depends, derived, few
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

USES = frozenset({"connect", "begin", "execute", "read_sql", "to_sql", "read_sql_query"})


def check(subject: Subject) -> Iterator[Hit]:
    """Yield engines whose pool serves nobody, and helpers that make one at each call of a loop."""
    flow = subject.flow
    for body in flow.bodies(("create_engine",)):
        for call in body.calls:
            if call.last == "create_engine" and call.name.startswith(("sqlalchemy", "sqlmodel")):
                message = wasted(flow, body, call)
                if message:
                    yield Hit.on(call.node, message)


def wasted(flow: Flow, body: Body, call: Call) -> str:
    """Return what is wrong with an engine, "" for nothing."""
    pool = call.keyword("poolclass")
    if pool is not None and body.dotted(pool).endswith("NullPool") and used_in_loop(body, call):
        return "the engine keeps no connection (NullPool), and the loop opens one each time"
    if called_in_loop(flow, body, same=fixed(body, call)):
        return f"{body.name}() makes a new engine, with a pool of its own, at each call in a loop"
    careful = pool is not None or call.keyword("pool_pre_ping") is not None
    if not careful and call.keyword("pool_recycle") is None and idles(body, call):
        return "the engine's connection idles while the loop sleeps, and nothing checks that it still lives"
    return ""


def bound(body: Body, call: Call) -> str:
    """Return the name that the engine is bound to."""
    parent = body.parents.get(call.node)
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else ""


def uses_of(body: Body, call: Call) -> list[Call]:
    """Return the calls in loops that use the engine."""
    name = bound(body, call)
    return [
        one for one in body.calls if one.last in USES and one.loops and name and depends(one.node, {name})
    ]


def used_in_loop(body: Body, call: Call) -> bool:
    """Return whether a loop that may run often uses the engine."""
    return any(not few(body, one.loops[-1].over) for one in uses_of(body, call))


def idles(body: Body, call: Call) -> bool:
    """Return whether a loop that uses the engine sleeps a minute or more in between."""
    loops = {one.loops[-1] for one in uses_of(body, call)}
    return any(
        one.name == "time.sleep" and set(one.loops) & loops and long(body.value(one.argument(0)))
        for one in body.calls
    )


def long(node: ast.expr | None) -> bool:
    """Return whether a number of seconds is a minute or more."""
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and node.value >= 60  # noqa: PLR2004


def fixed(body: Body, call: Call) -> bool:
    """Return whether a helper's engine is the same whatever the helper is given."""
    if isinstance(body.node, ast.Module):
        return False
    spec = body.node.args
    moving = {one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    for _round in range(len(body.binds)):
        moving |= {
            name
            for name, binds in body.binds.items()
            if any(one.value is not None and depends(one.value, moving) for one in binds)
        }
    return not any(depends(one, moving) for one in (*call.node.args, *call.node.keywords))


def called_in_loop(flow: Flow, body: Body, *, same: bool) -> bool:
    """Return whether task code calls a helper in a loop, and its engine would be the same each time."""
    if body.owner or flow.own_tasks(body.node):
        return False
    return any(
        one.name == body.name
        and bool(one.loops)
        and not few(caller, one.loops[-1].over)
        and (same or not depends(one.node, derived(caller, one.loops[-1])))
        for caller in flow.bodies((body.name,))
        for one in caller.calls
    )


RULE = Rule(
    "AFT508",
    "unpooled-engine",
    Severity.INFO,
    Explanation(
        what=(
            "create_engine with NullPool that a loop connects through, in a helper that a loop calls, "
            "or without "
            "pool_pre_ping where the loop that uses it sleeps a minute or more."
        ),
        why=(
            "An engine is a pool: made per use it opens a connection each time and leaves it behind; and a "
            "connection that idled may have been cut by a firewall, which only the next query finds out."
        ),
        example="def write(row):\n    engine = create_engine(URL)\n    row.to_sql('t', engine)",
        instead="Make one engine per process and pass it on; with pool_pre_ping=True where it idles.",
        fix="No edit: where the engine belongs depends on who uses it.",
        sources=("https://docs.sqlalchemy.org/en/20/core/pooling.html",),
    ),
    check,
)
