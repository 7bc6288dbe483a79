"""Whether a value is true, equal, or plain: decided where it can be."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.doubted import CONTAINERS
from airflow_tune.dags.values.klass import BARE, Class, Instance
from airflow_tune.dags.values.symbol import Symbol

if TYPE_CHECKING:
    from airflow_tune.dags.interpret.run import Run

RECORDS = frozenset({"Enum", "NamedTuple", "BaseModel", "BaseSettings", "TypedDict"})
"""Bases outside the project whose objects are true."""


class DefaultDict(dict[object, object]):
    """A `collections.defaultdict` whose factory may be a function of the read code."""

    def __init__(self, factory: object) -> None:
        super().__init__()
        self.factory = factory


PLAIN = frozenset(
    {
        *(
            str,
            int,
            float,
            complex,
            bool,
            bytes,
            type(None),
            type(...),
            list,
            tuple,
            dict,
            set,
            frozenset,
            DefaultDict,
        ),
        *(range, slice, datetime, date, time, timedelta, timezone, PurePosixPath),
    },
)
"""Types whose values stand for themselves."""


SCALARS = frozenset({str, int, float, bool, type(None)})
"""Plain types that hold nothing else."""


def is_plain(value: object) -> bool:
    """Return whether Python's own operators may be used on a value."""
    return type(value) in PLAIN


def truth(run: Run, value: object) -> bool | Unknown:
    """Return whether a value is true, or why that is unknown."""
    if type(value) in SCALARS:
        return bool(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, CONTAINERS):
        reason = run.taint_of(value)
        return bool(value) if reason is None else Unknown(reason.reason, reason.line, bool(value))
    if isinstance(value, Symbol):
        return Unknown(f"the value of {value.name}", foreign=value.foreign)
    if isinstance(value, Instance):
        return of_instance(run, value)
    return bool(value) if is_plain(value) else True


def of_instance(run: Run, value: Instance) -> bool | Unknown:
    """Return whether an object of the project is true: enums' values decide, own methods are not followed."""
    if value.cls.derives("StrEnum", "IntEnum"):
        return truth(run, value.attributes.get("value"))
    own = any(value.cls.find(name) is not MISSING for name in ("__bool__", "__len__"))
    unread = [
        base for base in value.cls.outside() if not (isinstance(base, Symbol) and base.last in BARE | RECORDS)
    ]
    return Unknown(f"whether a {value.cls.name} is true") if own or unread else True


def certain(value: object) -> bool:
    """Return whether a value's identity is settled, so that `is` and `==` may compare it."""
    return not isinstance(value, (Unknown, Symbol, Instance)) or isinstance(value, Class)


def follow(value: object) -> object:
    """Return a value's default where it has one, else the value: what happens when nobody sets it."""
    return value.default if isinstance(value, Unknown) and value.default is not MISSING else value
