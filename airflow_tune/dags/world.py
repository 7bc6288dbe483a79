"""What one reading changed in the containers of modules, so that it can be undone and done again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Changeable: TypeAlias = "list[object] | dict[object, object] | set[object]"


class Effect(NamedTuple):
    """One change: the container, what it held before, and what it holds since."""

    container: Changeable
    before: Changeable
    after: Changeable


@dataclass(slots=True)
class World:
    """The changes that one reading sees.

    `first` holds what containers held before any change, by id, and `base` what they held when last the
    reading's own changes were gathered in `effects`; `now` what they hold while another reading goes on.
    `applied` is the set of states whose effects were done again.
    """

    first: dict[int, tuple[Changeable, Changeable]] = field(default_factory=dict)
    base: dict[int, Changeable] = field(default_factory=dict)
    now: list[tuple[Changeable, Changeable]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    applied: int = 0

    def keep(self, container: Changeable) -> None:
        """Remember what a container holds before it is changed."""
        if id(container) not in self.first:
            copy = container.copy()
            self.first[id(container)] = container, copy
            self.base[id(container)] = copy

    def settle(self) -> None:
        """Gather the reading's own changes since the last time."""
        for key, before in self.base.items():
            container = self.first[key][0]
            if container != before or not identical(container, before):
                self.effects.append(Effect(container, before, container.copy()))
                self.base[key] = container.copy()

    def redo(self, effects: Iterable[Effect]) -> None:
        """Do what another reading changed; it is none of this reading's own changes."""
        self.settle()
        for effect in effects:
            self.keep(effect.container)
            merge(effect)
            self.base[id(effect.container)] = effect.container.copy()

    def leave(self) -> None:
        """Put back what was before all changes, to read another module."""
        self.now = [(container, container.copy()) for container, _ in self.first.values()]
        self.undo()

    def enter(self) -> None:
        """Go on where the reading was left."""
        for container, copy in self.now:
            refill(container, copy)

    def undo(self) -> None:
        """Put back what was before all changes."""
        for container, copy in self.first.values():
            refill(container, copy)


def identical(one: Changeable, other: Changeable) -> bool:
    """Return whether two containers hold the very same objects."""
    values = zip(parts(one), parts(other), strict=True)
    return len(one) == len(other) and all(left is right for left, right in values)


def parts(container: Changeable) -> Iterable[object]:
    """Return the values of a dict, the elements of others."""
    return container.values() if isinstance(container, dict) else container


def refill(container: Changeable, content: Changeable) -> None:
    """Let a container hold what another one holds."""
    container.clear()
    container.extend(content) if isinstance(container, list) else container.update(content)  # type: ignore[arg-type]


def merge(effect: Effect) -> None:
    """Change a container as it was changed before, though it may hold something else by now."""
    container, before, after = effect
    if isinstance(container, dict) and isinstance(before, dict) and isinstance(after, dict):
        merge_dict(container, before, after)
    elif isinstance(container, set) and isinstance(before, set) and isinstance(after, set):
        container |= after - before
        container -= before - after
    elif isinstance(container, list) and isinstance(after, list):
        grown = len(after) >= len(before) and identical(after[: len(before)], before)
        container[:] = [*container, *after[len(before) :]] if grown else after


def merge_dict(
    container: dict[object, object], before: dict[object, object], after: dict[object, object]
) -> None:
    """Change a dict as it was changed before; what was None and is filled by now stays as it is."""
    missing = object()
    for key, value in after.items():
        old = before.get(key, missing)
        if old is not value and (old is not None or container.get(key) is None):
            container[key] = value
    for key in before.keys() - after.keys():
        container.pop(key, None)
