"""AFT602: a list is built to be consumed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import replace, source_of
from airflow_tune.lint.flow.body import Body, is_name
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.index import Site
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

CONSUMERS = frozenset({"sum", "any", "all", "min", "max"})
LARGE = ("records", "content", "file", "cursor", "dataframe")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield lists inside sum, any, all, min, max, and lists of helpers or rows that one loop consumes."""
    for site in subject.index.sites:
        args = site.node.args
        if site.name in CONSUMERS and args and isinstance(args[0], ast.ListComp):
            yield Hit.on(
                args[0],
                f"{site.name}() needs no list: each item is looked at once",
                fix=fix(subject, site),
            )
    if subject.flow.mentions(".append(") and subject.flow.mentions("yield", "fetchall", "read", "open("):
        yield from collected(subject)


def fix(subject: Subject, site: Site) -> Fix | None:
    """Return the fix that takes the brackets away; with calls inside, any and all would stop making them."""
    made = site.node.args[0]
    alone = len(site.node.args) == 1 and not site.node.keywords
    if not isinstance(made, ast.ListComp) or any(part.is_async for part in made.generators):
        return None
    inner = source_of(subject, made)[1:-1].strip().removesuffix(",")
    calls = any(isinstance(one, (ast.Call, ast.Await, ast.NamedExpr)) for one in nodes(made))
    edit = replace(made, inner if alone else f"({inner})")
    return Fix((edit,), safe=site.name == "sum" or not calls)


def collected(subject: Subject) -> Iterator[Hit]:
    """Yield helpers that collect what they read into a list, when all callers only loop over it."""
    flow = subject.flow
    for body in flow.bodies(("append",)):
        if not body.owner and not flow.own_tasks(body.node) and collects(body) and consumed(subject, body):
            yield Hit(
                body.node.body[0].lineno - 1 if not body.returns else body.returns[0].lineno,
                f"{body.name}() collects a list that its callers only loop over",
            )


def collects(body: Body) -> bool:
    """Return whether a function fills one list in a loop over a file or rows, and returns it."""
    if len(body.returns) != 1 or not isinstance(body.returns[0].value, ast.Name):
        return False
    name = body.returns[0].value.id
    binds = body.binds.get(name, [])
    if len(binds) != 1 or not isinstance(binds[0].value, ast.List) or binds[0].value.elts:
        return False
    appends = [one for one in body.calls if one.last == "append" and is_name(one.receiver, name)]
    uses = len(body.loads.get(name, []))
    large = any(one.loops and kind(body, one.loops[0].over).startswith(LARGE) for one in appends)
    return bool(appends) and large and uses == len(appends) + 1


def consumed(subject: Subject, body: Body) -> bool:
    """Return whether every call of a function in the file is what a loop runs over."""
    sites = [site for site in subject.index.sites if site.name == body.name]
    uses = subject.index.uses.get(body.name, set())
    if not sites or len(uses) > len({site.function for site in sites}):
        return False
    over: set[int] = set()
    for caller in subject.flow.bodies((body.name,)):
        over |= {id(loop.over) for loop in caller.loops}
    return all(id(site.node) in over for site in sites)


RULE = Rule(
    "AFT602",
    "list-where-generator",
    Severity.INFO,
    Explanation(
        what=(
            "A list comprehension inside sum, any, all, min or max, or a helper that collects rows or "
            "lines into "
            "a list over which its callers only loop. str.join is left alone: it makes a list in any case."
        ),
        why=(
            "All items are in memory at once before the first is looked at; any and all even compute too "
            "many."
        ),
        example="total = sum([row.amount for row in rows])",
        instead="Leave the brackets out, or yield the items.",
        fix="Safe for sum, and for the others when the items call nothing; unsafe otherwise.",
        sources=(
            "https://docs.python.org/3/howto/functional.html#generator-expressions-and-list-comprehensions",
            "https://docs.astral.sh/ruff/rules/unnecessary-comprehension-in-call/",
        ),
    ),
    check,
)
