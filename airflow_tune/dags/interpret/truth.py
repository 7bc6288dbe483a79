"""Whether a value is true, equal, or plain: decided where it can be."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from pathlib import PurePosixPath

from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.symbol import Symbol


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


def is_plain(value: object) -> bool:
    """Return whether Python's own operators may be used on a value."""
    return type(value) in PLAIN


def truth(value: object) -> bool | Unknown:
    """Return whether a value is true, or why that is unknown."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Symbol):
        return Unknown(f"the value of {value.name}", foreign=value.foreign)
    if isinstance(value, Instance):
        own = any(value.cls.find(name) is not MISSING for name in ("__bool__", "__len__"))
        return Unknown(f"whether a {value.cls.name} is true") if own else True
    return bool(value) if is_plain(value) else True


def certain(value: object) -> bool:
    """Return whether a value's identity is settled, so that `is` and `==` may compare it."""
    return not isinstance(value, (Unknown, Symbol, Instance)) or isinstance(value, Class)


def follow(value: object) -> object:
    """Return a value's default where it has one, else the value: what happens when nobody sets it."""
    return value.default if isinstance(value, Unknown) and value.default is not MISSING else value
