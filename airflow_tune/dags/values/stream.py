"""Iterators: generators, generator expressions, `map`, `zip` and the like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from airflow_tune.dags.model import Unknown

Take: TypeAlias = "Callable[[object], None]"
Push: TypeAlias = "Callable[[Take], Unknown | None]"


@dataclass(slots=True, eq=False)
class Stream:
    """An iterator that nobody has asked yet, or what is left of it.

    `push` hands each element to a function and returns why the elements are in doubt; it is called at
    most once. What it yielded is in `items`, those before `at` were taken. `lively` says that yielding
    had effects, `cut` that it was left before its end; `sources` are iterators that it draws from.
    """

    push: Push | None
    sources: tuple[object, ...] = ()
    items: list[object] = field(default_factory=list)
    reason: Unknown | None = None
    at: int = 0
    lively: bool = False
    cut: bool = False

    @property
    def entangled(self) -> bool:
        """Return whether it matters to others how far it was read."""
        return self.lively or any(isinstance(source, Stream) for source in self.sources)


class StopPushError(Exception):
    """The taker wants no more elements; it unwinds the generator as closing it would."""


@dataclass(frozen=True, slots=True, eq=False)
class Manager:
    """What a function decorated with `contextlib.contextmanager` returns: its body, not yet begun."""

    stream: Stream
