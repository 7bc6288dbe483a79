"""The user's own function: found by its name, and the items that it is given."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from time import perf_counter
from typing import Any

from airflow_tune.bench.workload import Call, Wishes
from airflow_tune.errors import BenchError

_ITEMS = "_items"
_FORM = "name it as package.module:function"
_LEAST_CALL_S = 0.005
_TIMES = 3
_MOST_ITEMS = 10_000


class Subject:
    """The function that `--callable` names.

    It is given a list of items: of numbers from 0 on, or what `FUNCTION_items(count)` of the same module
    returns where there is one. One that asks for no argument is called without.
    """

    def __init__(self, wishes: Wishes) -> None:
        name, _, attribute = wishes.callable.partition(":")
        if wishes.callable_root not in sys.path:
            sys.path.insert(0, wishes.callable_root)
        # Nothing is written beside the user's files.
        sys.dont_write_bytecode = True
        module = _module(name, attribute)
        self.function: Callable[..., object] = _function(module, attribute)
        self._made: Callable[[int], Sequence[object]] = getattr(module, attribute + _ITEMS, _numbers)

    @property
    def takes_items(self) -> bool:
        """Return whether the function can be given anything."""
        try:
            parameters = inspect.signature(self.function).parameters.values()
        except (TypeError, ValueError):
            return True
        named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
        return any(one.kind not in named for one in parameters)

    def call_with(self, count: int) -> Call:
        """Return what calls the function with `count` items."""
        function = self.function
        if not self.takes_items:
            return function
        items = list(self._made(count))
        return lambda: function(items)

    def batch(self) -> int:
        """Return how many items keep the function busy for some milliseconds, at most 10,000."""
        count = 1
        while self.takes_items and count < _MOST_ITEMS:
            call = self.call_with(count)
            # Once may have been with another process on the core; each time surely was not.
            if all(_lasts_s(call) >= _LEAST_CALL_S for _ in range(_TIMES)):
                break
            count *= 10
        return count


def _lasts_s(call: Call) -> float:
    begin = perf_counter()
    call()
    return perf_counter() - begin


def _numbers(count: int) -> Sequence[object]:
    return range(count)


def _module(name: str, attribute: str) -> Any:  # noqa: ANN401 - the user's
    if not name or not attribute:
        raise BenchError("this names no function", where="--callable", remedy=_FORM)
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise BenchError(
            f'there is no module "{error.name}"',
            where="--callable",
            remedy="run it where `python -c 'import …'` finds the module, in the same environment",
        ) from None


def _function(module: Any, attribute: str) -> Callable[..., object]:  # noqa: ANN401 - the user's
    found: Any = getattr(module, attribute, None)
    if not callable(found):
        what = "is no function" if hasattr(module, attribute) else "is not there"
        raise BenchError(f'"{attribute}" {what} in {module.__name__}', where="--callable", remedy=_FORM)
    checked: Callable[..., object] = found
    return checked
