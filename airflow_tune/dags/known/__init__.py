"""Callables whose effect is known by name: Python's builtins, parts of its library, and Airflow's."""

from __future__ import annotations

from functools import lru_cache

from airflow_tune.dags.interpret.run import Handler
from airflow_tune.dags.interpret.storage import opened
from airflow_tune.dags.known.airflow import AIRFLOW, OF_CLASS, task_variant
from airflow_tune.dags.known.builtin import BUILTIN_FUNCTIONS
from airflow_tune.dags.known.chance import CHANCE
from airflow_tune.dags.known.constructor import TYPES
from airflow_tune.dags.known.environment import ENVIRONMENT
from airflow_tune.dags.known.files import FILES
from airflow_tune.dags.known.library import LIBRARY
from airflow_tune.dags.known.moment import MOMENTS
from airflow_tune.dags.known.zone import ZONES
from airflow_tune.dags.values.function import Known
from airflow_tune.dags.values.symbol import Symbol, symbol

__all__ = ["BUILTINS", "TYPES", "find"]

EXCEPTIONS = [
    "BaseException",
    "Exception",
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "EOFError",
    "FileNotFoundError",
    "ImportError",
    "IndexError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "ModuleNotFoundError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "PermissionError",
    "RecursionError",
    "RuntimeError",
    "StopIteration",
    "SystemExit",
    "TimeoutError",
    "TypeError",
    "UnicodeError",
    "ValueError",
    "Warning",
    "DeprecationWarning",
    "UserWarning",
    "ZeroDivisionError",
    "ConnectionError",
    "IOError",
]
BUILTINS: dict[str, object] = {
    **{name: symbol(f"builtins.{name}") for name in EXCEPTIONS},
    **{kind.__name__: kind for kind in TYPES},
    **{name: Known(name, handler) for name, handler in BUILTIN_FUNCTIONS.items()},
    "open": Known("open", opened),
    "NotImplemented": symbol("builtins.NotImplemented"),
    "__builtins__": symbol("builtins"),
    "__debug__": True,
}
NO_VARIANT = ("skip_if", "run_if")
PLAIN = {**LIBRARY, **CHANCE, **MOMENTS, **ZONES, **ENVIRONMENT, **FILES}


@lru_cache(maxsize=4096)
def find(function: Symbol) -> Handler | None:
    """Return what a call of a name of another package does, None when it is not known."""
    handler = PLAIN.get(function.name)
    if handler is not None:
        return handler
    owner, _, last = function.name.rpartition(".")
    if last in OF_CLASS and owner.rpartition(".")[2][:1].isupper():
        return OF_CLASS[last](owner)
    if not function.name.startswith("airflow."):
        return None
    if owner.rpartition(".")[2] == "task" and last not in NO_VARIANT:
        return task_variant(last)
    return AIRFLOW.get(".".join(function.name.split(".")[-2:])) or AIRFLOW.get(last)
