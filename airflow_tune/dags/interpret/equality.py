"""Whether objects of the project's classes are equal: by their `__eq__`, as enums and records, or as one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeAlias

from airflow_tune.dags.interpret.objects import ENUMS, is_record
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.truth import is_plain, truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Bound, Call, Function
from airflow_tune.dags.values.klass import Class, Instance, unread
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol

Verdict: TypeAlias = "bool | Unknown | None"
Compare: TypeAlias = "Callable[[object, object], object]"
MIXED = ("StrEnum", "IntEnum")


def concerns(left: object, right: object) -> bool:
    """Return whether one of two values is an object of the project, and the other is no mere name."""
    named = isinstance(left, (Symbol, Unknown)) or isinstance(right, (Symbol, Unknown))
    return not named and Instance in (type(left), type(right))


def equal(run: Run, left: object, right: object, line: int, compare: Compare) -> Verdict:
    """Return whether `left == right`, None where code that was not read decides.

    `compare` is for the parts of both.
    """
    one, other = (left, right) if isinstance(left, Instance) else (right, left)
    if not isinstance(one, Instance):
        return None
    own = one.cls.find("__eq__")
    if isinstance(own, Function):
        call = Call([other], {}, ast.Constant(None, lineno=line), Scope())
        return truth(run, run.call(Bound(own, one), call))
    if own is not MISSING or not _made(one.cls):
        return None
    if one.cls.derives(*ENUMS):
        return _members(one, other, compare)
    if is_record(one.cls):
        return _records(one, other, compare)
    return None if one.cls.opaque() else one is other


def _made(cls: Class) -> bool:
    """Return whether an enum's or record's own rules hold: no other base was left unread."""
    known = (*ENUMS, "NamedTuple", "BaseModel")
    bases = [base for base in cls.lineage() if not isinstance(base, Class) and unread(base)]
    return all(base in (str, int) or (isinstance(base, Symbol) and base.last in known) for base in bases)


def _members(one: Instance, other: object, compare: Compare) -> Verdict:
    """Compare a member of an enum: one that is a text or number too equals such."""
    value = one.attributes.get("value")
    if isinstance(other, Instance):
        same = one.cls is other.cls and is_plain(value) and value == other.attributes.get("value")
        return one is other or same
    mixed = one.cls.derives(*MIXED) or any(base in (str, int) for base in one.cls.outside())
    return _verdict(compare(value, other)) if mixed and is_plain(other) else False


def _records(one: Instance, other: object, compare: Compare) -> Verdict:
    """Compare dataclasses and their kin field by field."""
    if one is other or not isinstance(other, Instance):
        return one is other
    if one.cls is not other.cls:
        return None if one.cls.derives("NamedTuple") else False
    found: Verdict = True
    for name, value in one.attributes.items():
        verdict = _verdict(compare(value, other.attributes.get(name, MISSING)))
        if verdict is False:
            return False
        found = found if verdict is True else verdict
    return found


def _verdict(result: object) -> Verdict:
    return result if isinstance(result, (bool, Unknown)) else None
