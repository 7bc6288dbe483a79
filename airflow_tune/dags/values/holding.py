"""What values hold that may change later: containers, names, and objects with fields of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Iterator

from airflow_tune.dags.builder.setup import Level, Setup
from airflow_tune.dags.values.function import Function, Module
from airflow_tune.dags.values.graph import DagValue, GroupValue, LabelValue, TaskValue
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.stream import Stream
from airflow_tune.dags.values.symbol import Symbol
from airflow_tune.dags.values.taskflow import Decorated

CHANGING = (DagValue, TaskValue, GroupValue, LabelValue, Stream, Setup, Level, Decorated)
"""Objects whose fields are set again after they were made."""
FIELDS: dict[type, tuple[str, ...]] = {}
"""The names of fields by kind, filled as kinds are met."""
ENDS = frozenset({str, int, float, bool, type(None), bytes, Symbol, Module})
"""Kinds that hold nothing which changes; a module answers for itself."""


def held(value: object, known: Container[int]) -> Iterator[object]:
    """Yield the lists, dicts, sets and CHANGING objects that are reached from a value, each once.

    What is `known` by its id, and all that only leads through it, is left out.
    """
    pending, seen = [value], set()
    while pending:
        one = pending.pop()
        if type(one) in ENDS or id(one) in known or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, (list, dict, set, *CHANGING)):
            yield one
        pending.extend(parts(one))


def parts(value: object) -> Iterable[object]:
    """Return what a value holds; syntax trees and functions of the reader itself hold nothing."""
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return value
    if isinstance(value, Function):
        own = [value.attributes] if value.attributes else []
        return [*value.defaults, *value.kw_defaults, value.scope, value.owner, *own]
    if isinstance(value, Scope):
        return [value.names, value.parent, value.owner]
    return [getattr(value, name, None) for name in slots(value)]


def slots(value: object) -> Iterable[str]:
    """Return the names of an object's fields, inherited ones too."""
    kind = type(value)
    if kind not in FIELDS:
        FIELDS[kind] = names_of(kind)
    return FIELDS[kind]


def names_of(kind: type) -> tuple[str, ...]:
    """Return the fields of a kind of value; what is no record has none."""
    return tuple(one.name for one in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def fields(value: object) -> dict[str, object]:
    """Return an object's fields, the containers in them as copies."""
    kept = {name: getattr(value, name) for name in slots(value)}
    return {name: one.copy() if isinstance(one, (list, dict, set)) else one for name, one in kept.items()}
