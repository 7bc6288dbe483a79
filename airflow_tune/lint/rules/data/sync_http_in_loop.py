"""AFT509: HTTP requests wait for each other, one for each item."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call, Loop
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.loops import depends, derived, per_item, throttled
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "request"})
MODULES = ("requests.", "httpx.")
CONNECTIONS = frozenset({"get_connection", "get_connection_from_secrets"})
OPENERS = frozenset({"urllib.request.urlopen", "urllib.request.urlretrieve"})


def check(subject: Subject) -> Iterator[Hit]:
    """Yield requests of loops over items that do not wait on purpose."""
    if not subject.flow.mentions("requests", "httpx", "urllib", "httphook"):
        return
    for body in subject.flow.bodies((*VERBS, "urlopen", "urlretrieve", "run")):
        if isinstance(body.node, ast.AsyncFunctionDef):
            continue
        for call in body.calls:
            if call.loops and requests(body, call) and one_by_one(body, call):
                yield Hit.on(call.node, "each item's HTTP request waits until the one before was answered")


def requests(body: Body, call: Call) -> bool:
    """Return whether a call is a blocking HTTP request."""
    if call.name in OPENERS:
        return True
    if call.last in VERBS:
        plain = call.name.startswith(MODULES) and call.name.count(".") == 1
        return plain or kind(body, call.receiver) == "http"
    return call.last == "run" and kind(body, call.receiver) == "hook:HttpHook"


def one_by_one(body: Body, call: Call) -> bool:
    """Return whether a request goes out for each item; pages that follow each other cannot do otherwise."""
    loop = per_item(body, call)
    if loop is None or throttled(body, loop):
        return False
    names = derived(body, loop)
    return depends(call.node, names) and not elsewhere(body, loop, names)


def elsewhere(body: Body, loop: Loop, names: set[str]) -> bool:
    """Return whether each item is a connection, which leads to a place of its own."""
    return any(
        one.last in CONNECTIONS and loop in one.loops and depends(one.node, names) for one in body.calls
    )


RULE = Rule(
    "AFT509",
    "sync-http-in-loop",
    Severity.WARN,
    Explanation(
        what=(
            "A blocking HTTP request for each item of a loop. Pages that follow each other, retries, few "
            "written-out items, loops over connections and loops that sleep between requests are left alone."
        ),
        why="The task takes latency times items, and does nothing but wait for nearly all of it.",
        example="for user in users:\n    requests.get(f'{API}/users/{user}', timeout=10)",
        instead=(
            "Map the task over the items, or ask with a session and a few threads "
            "(ThreadPoolExecutor.map), as many as the service allows."
        ),
        fix="No edit: how many requests at once are welcome only the service knows.",
        sources=(
            "https://docs.python.org/3/library/concurrent.futures.html#threadpoolexecutor-example",
            "https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/dynamic-task-mapping.html",
        ),
    ),
    check,
)
