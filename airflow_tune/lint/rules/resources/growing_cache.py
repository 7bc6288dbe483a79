"""AFT604: what task code collects in a module is never let go."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import named, replace, set_keywords
from airflow_tune.lint.flow.body import Definition
from airflow_tune.lint.index import dotted
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

GROWS = frozenset({"append", "add", "extend", "update", "setdefault", "insert"})
SHRINKS = frozenset({"clear", "pop", "popitem", "popleft", "remove", "discard"})
EMPTY = frozenset(
    {"list", "dict", "set", "collections.defaultdict", "collections.OrderedDict", "collections.deque"}
)
CACHE = re.compile(r"cache|memo", re.IGNORECASE)
FEW = re.compile(
    r"module|class|conn|env|region|type|kind|config|lang|locale|dialect|pattern|schema|database|engine|model",
    re.IGNORECASE,
)
"""Names of keys of which a project has few: what is kept for each is no more than that."""

SIZE = "1024"
"""Results that a fix keeps; judgement: what a task looks up again and again is fewer."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield module-level and class-level collections that only grow, and function caches without a bound."""
    yield from of_module(subject)
    if subject.flow.mentions("cache"):
        yield from of_functions(subject)
        yield from of_classes(subject)


def of_module(subject: Subject) -> Iterator[Hit]:
    """Yield collections of the module that task code fills."""
    for node in subject.tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and isinstance(node, ast.Assign) and empty(subject, node):
            line = grown_by_tasks(subject, target.id)
            if line:
                yield Hit.on(
                    node, f"{target.id} grows in task code (line {line}) and nothing ever shortens it"
                )


def grown_by_tasks(subject: Subject, name: str) -> int:
    """Return the line in task code that makes a collection of the module longer, 0 where it is kept short."""
    flow, users = subject.flow, subject.index.uses.get(name, set())
    held = [one for user in users for one in flow.functions.get(user, ())]
    longer = [one for one in held if any(lengthens(part, name) for part in nodes(one))]
    in_tasks = [one for one in longer if not shadows(one, name)]
    if not in_tasks:
        return 0
    others = [one for user in users for one in definitions(subject, user) if not shadows(one, name)]
    return grown(in_tasks, name) if grown([*others, *top(subject, users)], name) else 0


def few(key: ast.expr) -> bool:
    """Return whether a key is by its name one of few."""
    name = key.id if isinstance(key, ast.Name) else key.attr if isinstance(key, ast.Attribute) else ""
    return FEW.search(name) is not None


def definitions(subject: Subject, name: str) -> list[ast.AST]:
    """Return the functions of a name, those that run at parse time among them."""
    return [one for one in subject.index.functions if one.name == name]


def top(subject: Subject, users: set[str]) -> list[ast.AST]:
    """Return the top level's own statements, where it uses the collection."""
    return (
        [one for one in subject.tree.body if not isinstance(one, (*Definition, ast.ClassDef))]
        if "" in users
        else []
    )


def empty(subject: Subject, node: ast.Assign) -> bool:
    """Return whether a statement binds an empty collection without a bound."""
    value = node.value
    if isinstance(value, (ast.List, ast.Set)):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    if not isinstance(value, ast.Call):
        return False
    bounded = any(one.arg == "maxlen" for one in value.keywords) or len(value.args) > 1
    name = dotted(value.func, subject.index.aliases)
    plain = not value.args or name == "collections.defaultdict"
    return not bounded and plain and name in EMPTY


def shadows(scope: ast.AST, name: str) -> bool:
    """Return whether a function has a name of its own like the module's."""
    spec = getattr(scope, "args", None)
    if isinstance(spec, ast.arguments) and any(one.arg == name for one in [*spec.args, *spec.kwonlyargs]):
        return True
    declared = any(isinstance(one, ast.Global) and name in one.names for one in nodes(scope))
    return not declared and any(binds(one, name) for one in nodes(scope))


def binds(node: ast.AST, name: str) -> bool:
    """Return whether a node binds a name as a whole."""
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)


def grown(scopes: Iterable[ast.AST], name: str) -> int:
    """Return the first line that makes a collection longer, 0 for none or where something shortens it."""
    lines = []
    for scope in scopes:
        for node in nodes(scope):
            if shortens(node, name):
                return 0
            if lengthens(node, name):
                lines.append(getattr(node, "lineno", 0))
    return min(lines, default=0)


def holds(node: ast.AST, name: str) -> bool:
    """Return whether an expression is `name`, or `self.name`."""
    if isinstance(node, ast.Attribute):
        return node.attr == name and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
    return isinstance(node, ast.Name) and node.id == name


def lengthens(node: ast.AST, name: str) -> bool:
    """Return whether a node adds to a collection; writing a constant key again and again adds nothing."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in GROWS:
        return holds(node.func.value, name)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        return holds(node.target, name)
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return (
        isinstance(target, ast.Subscript)
        and holds(target.value, name)
        and not isinstance(target.slice, ast.Constant)
        and not few(target.slice)
    )


def shortens(node: ast.AST, name: str) -> bool:
    """Return whether a node takes from a collection, or puts another in its place."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SHRINKS:
        return holds(node.func.value, name)
    if isinstance(node, ast.Delete):
        return any(isinstance(one, ast.Subscript) and holds(one.value, name) for one in node.targets)
    return isinstance(node, ast.Global) and name in node.names


def of_functions(subject: Subject) -> Iterator[Hit]:
    """Yield functions with parameters whose results are all kept."""
    for node in subject.index.functions:
        parameters = [
            one.arg for one in [*node.args.args, *node.args.kwonlyargs] if one.arg not in ("self", "cls")
        ]
        for decorator in node.decorator_list if not all(map(FEW.search, parameters)) else ():
            if unbounded(subject, decorator):
                message = f"every result of {node.name}() is kept until the process ends"
                yield Hit.on(decorator, message, bounded(subject, decorator))


def unbounded(subject: Subject, node: ast.expr) -> bool:
    """Return whether a decorator keeps all results."""
    name = subject.flow.module.dotted(node.func if isinstance(node, ast.Call) else node)
    if name == "functools.cache":
        return True
    if name != "functools.lru_cache" or not isinstance(node, ast.Call):
        return False
    sizes = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "maxsize")]
    return any(isinstance(one, ast.Constant) and one.value is None for one in sizes)


def bounded(subject: Subject, node: ast.expr) -> Fix | None:
    """Return the fix that gives a function's cache a size."""
    if isinstance(node, ast.Call):
        edits = [replace(node.args[0], SIZE)] if node.args else set_keywords(subject, node, {"maxsize": SIZE})
        return Fix(tuple(edits)) if edits else None
    known = named(subject, "functools.lru_cache")
    return Fix((replace(node, f"{known[0]}(maxsize={SIZE})"), *known[1])) if known is not None else None


def of_classes(subject: Subject) -> Iterator[Hit]:
    """Yield caches that objects fill and never shorten."""
    for node in subject.tree.body:
        if isinstance(node, ast.ClassDef):
            for name, line in caches_of(node):
                where = grown(node.body, name)
                if where:
                    yield Hit(line, f"self.{name} grows (line {where}) and nothing ever shortens it")


def caches_of(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    """Yield the empty collections of __init__ that are caches by their names."""
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for one in method.body:
                target = one.targets[0] if isinstance(one, ast.Assign) else None
                blank = isinstance(one, ast.Assign) and ast.unparse(one.value) in (
                    "[]",
                    "{}",
                    "dict()",
                    "list()",
                )
                if isinstance(target, ast.Attribute) and blank and CACHE.search(target.attr):
                    yield target.attr, one.lineno


RULE = Rule(
    "AFT604",
    "growing-module-cache",
    Severity.WARN,
    Explanation(
        what=(
            "A list, dict or set of the module that task code adds to and nothing shortens, a cache of "
            "an object "
            "likewise, or functools.cache and lru_cache(maxsize=None) on a function with parameters. What is "
            "kept by keys of which a project has few, such as modules and connections, is left alone."
        ),
        why=(
            "Triggerers, DAG processors and workers live for days: what is only added to ends in their "
            "memory limit."
        ),
        example="seen = {}\n\n\ndef look(key):\n    seen[key] = fetch(key)",
        instead="Bound it: lru_cache(maxsize=1000), deque(maxlen=...), or keep it inside the function.",
        fix=(
            "Unsafe: 1,024 results for lru_cache, and what falls out is computed again; no edit for "
            "other collections."
        ),
        sources=("https://docs.python.org/3/library/functools.html#functools.lru_cache",),
    ),
    check,
)
