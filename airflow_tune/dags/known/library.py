"""The parts of Python's library that shape graphs: itertools, functools, collections, copy, json, re."""

from __future__ import annotations

import itertools
import json
import re
import textwrap
from collections.abc import Callable

from airflow_tune.dags.budget import fits
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.interpret.truth import DefaultDict
from airflow_tune.dags.known.builtin import lazily, listed, tainted
from airflow_tune.dags.known.constructor import mapping
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call, Curried, Function, Known
from airflow_tune.dags.values.klass import Class
from airflow_tune.dags.values.symbol import symbol

DEEP = 30
"""Levels of containers that a copy follows."""


def combined(function: Callable[..., object]) -> Handler:
    """Return what an itertools function does to iterables, at once."""

    def handler(run: Run, call: Call) -> object:
        columns, reason = [], None
        for arg in call.args:
            found, doubt = (arg, None) if isinstance(arg, int) else elements(run, arg, call)
            columns.append(found if isinstance(found, int) else listed(run, found))
            reason = reason or doubt
        result = []
        for value in function(*columns):  # type: ignore[attr-defined]
            run.budget.spend()
            result.append(value)
        return lazily(run, lambda _run: (result, reason), *call.args)

    return handler


def chained(run: Run, call: Call) -> object:
    """Do `itertools.chain.from_iterable`."""
    outer, reason = elements(run, call.argument(0, "iterable"), call)
    result: list[object] = []
    for inner in outer:
        found, doubt = elements(run, inner, call)
        reason = reason or doubt
        result.extend(listed(run, found))
    return lazily(run, lambda _run: (result, reason))


def grouped(run: Run, call: Call) -> object:
    """Do `itertools.groupby` over plain keys."""
    found, reason = elements(run, call.argument(0, "iterable"), call)
    key = call.argument(1, "key")
    values = listed(run, found)
    keys = [
        value if key is None else run.call(key, Call([value], {}, call.node, call.scope)) for value in values
    ]
    pairs = itertools.groupby(zip(keys, values, strict=True), key=lambda pair: pair[0])
    return tainted(run, [(name, [value for _, value in part]) for name, part in pairs], reason)


def curried(_run: Run, call: Call) -> object:
    """Do `functools.partial`."""
    return (
        Curried(call.args[0], call.args[1:], dict(call.kwargs))
        if call.args
        else Unknown("a partial", call.line)
    )


def reduced(run: Run, call: Call) -> object:
    """Do `functools.reduce`."""
    found, reason = elements(run, call.argument(1, "iterable"), call)
    values = listed(run, found)
    if len(call.args) > 2:  # noqa: PLR2004 - the third argument is the start
        values.insert(0, call.args[2])
    if not values:
        return Unknown("a reduction of nothing", call.line)
    result = values[0]
    for value in values[1:]:
        result = run.call(call.args[0], Call([result, value], {}, call.node, call.scope))
    return result if reason is None else run.doubtful(result, reason)


def copied(run: Run, value: object, seen: dict[int, object], depth: int) -> object:
    """Return a copy of containers inside containers; other objects are shared."""
    if id(value) in seen or depth > DEEP:
        return seen.get(id(value), value)
    run.budget.spend()
    if isinstance(value, dict):
        new: dict[object, object] = {}
        seen[id(value)] = new
        new.update((key, copied(run, item, seen, depth + 1)) for key, item in value.items())
        return tainted(run, new, run.taint_of(value))
    if isinstance(value, list):
        parts: list[object] = []
        seen[id(value)] = parts
        parts.extend(copied(run, item, seen, depth + 1) for item in value)
        return tainted(run, parts, run.taint_of(value))
    return value


def deep_copy(run: Run, call: Call) -> object:
    """Do `copy.deepcopy`."""
    return copied(run, call.argument(0, "x"), {}, 0)


def shallow_copy(run: Run, call: Call) -> object:
    """Do `copy.copy`."""
    value = call.argument(0, "x")
    new = value.copy() if isinstance(value, (dict, list, set)) else value
    return tainted(run, new, run.taint_of(value))


def default_dict(run: Run, call: Call) -> object:
    """Do `defaultdict(factory, ...)`."""
    found = DefaultDict(call.args[0] if call.args else None)
    found.update(mapping(run, Call(call.args[1:], call.kwargs, call.node, call.scope)))  # type: ignore[call-overload]
    return found


def wrapper(_run: Run, _call: Call) -> object:
    """Return a decorator that returns the function itself, as `functools.wraps(f)` nearly does."""
    return Known("decorator", same)


def same(_run: Run, call: Call) -> object:
    """Return the only argument."""
    return call.args[0] if call.args else None


def managed(run: Run, call: Call) -> object:
    """Do `@contextlib.contextmanager`."""
    function = call.args[0] if call.args else None
    if not isinstance(function, Function):
        return Unknown("a context manager", call.line)
    run.put(function.attributes, "context manager", value=True)
    return function


def cached(run: Run, call: Call) -> object:
    """Do `@lru_cache` with and without arguments."""
    return same(run, call) if call.args and isinstance(call.args[0], Function) else wrapper(run, call)


def dataclass(_run: Run, call: Call) -> object:
    """Do `@dataclass` with and without arguments."""
    if call.args and isinstance(call.args[0], Class):
        call.args[0].dataclass = True
        return call.args[0]
    return Known("dataclass", dataclass)


def field(_run: Run, call: Call) -> object:
    """Do `field(default=…)` and `field(default_factory=…)`."""
    factory = call.kwargs.get("default_factory", call.kwargs.get("factory"))
    return (
        {"__factory__": factory}
        if factory is not None
        else call.kwargs.get("default", call.argument(0, "default"))
    )


def named_tuple(_run: Run, call: Call) -> object:
    """Do `namedtuple("Name", "a b", defaults=…)`."""
    name, fields = call.argument(0, "typename"), call.argument(1, "field_names")
    if isinstance(fields, str):
        fields = fields.replace(",", " ").split()
    if not isinstance(fields, (list, tuple)) or not all(isinstance(part, str) for part in fields):
        return Unknown("a named tuple", call.line)
    cls = Class(str(name), [symbol("typing.NamedTuple")], {}, [str(part) for part in fields], dataclass=True)
    defaults = call.kwargs.get("defaults")
    if isinstance(defaults, (list, tuple)):
        cls.names.update(zip(cls.fields[len(cls.fields) - len(defaults) :], defaults, strict=False))
    return cls


def as_json(run: Run, call: Call) -> object:
    """Do `json.dumps`."""
    return lift(run, json.dumps, call.args[:1], call.line)


def from_json(run: Run, call: Call) -> object:
    """Do `json.loads`."""
    return lift(run, json.loads, call.args[:1], call.line)


def substituted(run: Run, call: Call) -> object:
    """Do `re.sub` with plain patterns, which are bounded by what they work on."""
    texts = call.args[:3]
    short = all(not isinstance(value, str) or fits(100 * len(value)) for value in texts)
    if len(texts) < 3 or not short or call.kwargs or "(" in str(texts[0]):  # noqa: PLR2004 - pattern, new, text
        return Unknown("the result of re.sub()", call.line)
    return lift(run, re.sub, texts, call.line)


def plain(function: Callable[..., object]) -> Handler:
    """Return a handler for a function of plain values."""
    return lambda run, call: lift(run, function, call.args, call.line)


def module_of_itertools() -> dict[str, Handler]:
    """Return the itertools functions that end; `product` and the like are bounded by the budget."""
    names = ("chain", "product", "combinations", "permutations", "zip_longest", "islice")
    made = {f"itertools.{name}": combined(getattr(itertools, name)) for name in names}
    pairs: Handler = combined(itertools.pairwise)
    return {**made, "itertools.pairwise": pairs}


LIBRARY: dict[str, Handler] = {
    **module_of_itertools(),
    "collections.OrderedDict": mapping,
    "collections.defaultdict": default_dict,
    "collections.namedtuple": named_tuple,
    "contextlib.contextmanager": managed,
    "copy.copy": shallow_copy,
    "copy.deepcopy": deep_copy,
    "dataclasses.dataclass": dataclass,
    "dataclasses.field": field,
    "functools.cache": cached,
    "functools.lru_cache": cached,
    "functools.partial": curried,
    "functools.reduce": reduced,
    "functools.wraps": wrapper,
    "itertools.chain.from_iterable": chained,
    "itertools.groupby": grouped,
    "json.dumps": as_json,
    "json.loads": from_json,
    "re.sub": substituted,
    "dict.fromkeys": lambda run, call: tainted(
        run, dict.fromkeys(listed(run, elements(run, call.args[0], call)[0]), call.argument(1, "value")), None
    ),
    "textwrap.dedent": plain(textwrap.dedent),
    "typing.cast": lambda _run, call: call.argument(1, "val"),
    "pydantic.Field": field,
    "attr.ib": field,
    "attrs.field": field,
}
