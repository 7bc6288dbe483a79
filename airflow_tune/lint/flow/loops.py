"""What loops are for: items one by one, or something else that a rule about items must leave alone."""

from __future__ import annotations

import ast
import re

from airflow_tune.dags.tree import nodes
from airflow_tune.lint.flow.body import Bind, Body, Call, Loop, names_in
from airflow_tune.lint.flow.kinds import kind

FEW = 10
"""Items of a literal up to which a loop is as good as written out; judgement."""
LABOUR = re.compile(
    r"^(requests|httpx|subprocess)\.|(^|[._])api_|(chat|complet|scrape|crawl|download|upload|transcri|embed|transcode|urlopen)",
    re.IGNORECASE,
)
"""Calls that take tenths of a second and more."""
GETS = re.compile(r"^(get|fetch|extract|read|load|request|open|process)_", re.IGNORECASE)
PAGE = re.compile(r"html|page|content|json|soup|article|text|response|document|feed|file", re.IGNORECASE)
"""What a module's function, which may only look at the address itself, brings from there."""
LINK = re.compile(r"(^|_)(url|uri|link|href)$", re.IGNORECASE)
THROTTLES = frozenset({"sleep", "wait", "acquire", "limit"})
BATCH = re.compile(
    r"batch|chunk|page|paginat|partition|block|slice|bulk|window|group|split|part\b|attempt|retr|fetchmany|"
    r"partition_|batched|offset|shard",
    re.IGNORECASE,
)


def per_item(body: Body, call: Call) -> Loop | None:
    """Return the innermost loop around a call if it runs for each of possibly many items.

    None for batches, pages, attempts, few literal items, loops that end with their first success, and calls
    that an item makes only when it failed.
    """
    if not call.loops or any(batches(body, loop) for loop in call.loops) or rescues(body, call):
        return None
    loop = call.loops[-1]
    if loop.over is None:
        return loop if fetches(loop) else None
    return None if few(body, loop.over) or leaves(loop.node) else loop


def rescues(body: Body, call: Call) -> bool:
    """Return whether a call stands in an `except` inside its innermost loop."""
    for one in body.up(call.node):
        if one is call.loops[-1].node:
            return False
        if isinstance(one, ast.ExceptHandler):
            return True
    return False


def fetches(loop: Loop) -> bool:
    """Return whether a `while` loop takes one row at a time, from fetchone(); not the one row of a query."""
    methods = [
        (one.func.attr, ast.unparse(one.func.value))
        for one in nodes(loop.node)
        if isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and one.func.attr in ("fetchone", "execute")
    ]
    return any(name == "fetchone" and ("execute", held) not in methods for name, held in methods)


def batches(body: Body, loop: Loop) -> bool:
    """Return whether a loop takes many items at once, or tries the same thing again."""
    if any(BATCH.search(name) for name in loop.targets):
        return True
    over = loop.over
    if over is None:
        return False
    if isinstance(over, ast.Call) and body.dotted(over.func) == "range":
        return len(over.args) == 3  # noqa: PLR2004 - range(start, stop, step) steps over batches
    value = body.value(over)
    source = [over, value] if value is not over else [over]
    return any(BATCH.search(word) for one in source for word in words(one))


def words(node: ast.expr | None) -> list[str]:
    """Return the names, attributes and keywords in an expression."""
    found = []
    for one in nodes(node) if node is not None else ():
        if isinstance(one, ast.Name):
            found.append(one.id)
        elif isinstance(one, ast.Attribute):
            found.append(one.attr)
        elif isinstance(one, ast.keyword) and one.arg:
            found.append(one.arg)
    return found


def few(body: Body, node: ast.expr | None) -> bool:
    """Return whether an expression holds few items as written."""
    node = body.value(node)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return len(node.elts) <= FEW and not any(isinstance(one, ast.Starred) for one in node.elts)
    if isinstance(node, ast.Dict):
        return len(node.keys) <= FEW
    return isinstance(node, ast.Call) and few_made(body, node)


def few_made(body: Body, node: ast.Call) -> bool:
    """Return whether a call gives few items: range(3), a short list enumerated, the items of a short dict."""
    name = body.dotted(node.func)
    if name == "range":
        last = body.value(node.args[-1]) if node.args else None
        return isinstance(last, ast.Constant) and isinstance(last.value, int) and last.value <= FEW
    if name in ("enumerate", "sorted", "reversed", "zip", "list", "tuple", "set") and node.args:
        return few(body, node.args[0])
    items = isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "keys", "values")
    return items and few(body, node.func.value) if isinstance(node.func, ast.Attribute) else False


def leaves(node: ast.AST) -> bool:
    """Return whether a loop ends with its first success: a `break` or `return` on no condition."""
    return any(isinstance(one, (ast.Break, ast.Return)) for one in unconditional(getattr(node, "body", ())))


def conditional(body: Body, call: Call, loop: Loop) -> bool:
    """Return whether a call runs for some items of a loop only."""
    return any(isinstance(one, ast.If) and loop.node in body.up(one) for one in call.branches)


def throttled(body: Body, loop: Loop) -> bool:
    """Return whether a loop waits on purpose: for a service that allows no more, or for an event."""
    return any(one.last in THROTTLES and loop in one.loops for one in body.calls)


def labours(body: Body, loop: Loop) -> bool:
    """Return whether each item takes long for another reason: a request, a model, a program, a download.

    Then what is written stays where it is worth keeping item by item.
    """
    return any(
        loop in one.loops
        and (one.keyword("timeout") is not None or bool(LABOUR.search(one.name)) or visits(body, one))
        for one in body.calls
    )


def visits(body: Body, call: Call) -> bool:
    """Return whether a function, of this file or of a module, by its name gets what an address leads to."""
    func = call.node.func
    module = func.value if isinstance(func, ast.Attribute) else func
    if not isinstance(module, ast.Name) or not GETS.search(call.last):
        return False
    if module is not func and not (module.id in body.aliases and PAGE.search(call.last)):
        return False
    return any(LINK.search(last_name(one)) for one in call.node.args)


def last_name(node: ast.expr) -> str:
    """Return the last name of an expression: of a variable, an attribute, a key; "" for others."""
    if isinstance(node, ast.Subscript):
        key = node.slice
        return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def unconditional(body: object) -> list[ast.stmt]:
    """Return the statements of a block that run each time, those inside try and with among them."""
    found: list[ast.stmt] = []
    for one in body if isinstance(body, list) else ():
        found.append(one)
        if isinstance(one, (ast.Try, ast.With, ast.AsyncWith)):
            found += unconditional(one.body) + unconditional(getattr(one, "orelse", None))
    return found


def derived(body: Body, loop: Loop) -> set[str]:
    """Return the names that change with each item: the loop's own, and those computed from them inside it."""
    found = set(loop.targets)
    if loop.over is None:
        found |= {name for name, binds in body.binds.items() if any(loop in one.loops for one in binds)}
    inside: list[tuple[str, Bind]] = [
        (name, one) for name, binds in body.binds.items() for one in binds if loop in one.loops
    ]
    size = -1
    while size != len(found):
        size = len(found)
        found |= {name for name, one in inside if one.value is not None and names_in(one.value) & found}
    return found


def depends(node: ast.AST | None, names: set[str]) -> bool:
    """Return whether an expression reads one of the names."""
    return bool(names_in(node) & names)


def over_kind(body: Body, loop: Loop) -> str:
    """Return what a loop runs over: records, content, dataframe, cursor, ...; "" where unknown."""
    over = loop.over
    if isinstance(over, ast.Call) and body.dotted(over.func) in ("enumerate", "list", "tqdm") and over.args:
        over = over.args[0]
    return kind(body, over)
