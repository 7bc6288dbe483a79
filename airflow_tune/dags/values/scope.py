"""Where names live while a file is read, following Python's rules of scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.symbol import Symbol

NOWHERE: Mapping[str, Scope] = MappingProxyType({})


@dataclass(slots=True, eq=False)
class Scope:
    """The names of a module, class or call, and the scope around it.

    `star` holds packages whose names were all imported without being read; `take` gets what a generator
    yields; `returns` holds values that a function may have returned, MISSING where the value is not known.
    What few scopes have is shared while it is empty: a reading makes hundreds of thousands of scopes.
    """

    module: Scope | None = None
    parent: Scope | None = None
    file: str = ""
    names: dict[str, object] = field(default_factory=dict)
    # Python 3.11 takes no default that cannot be hashed, and there such a mapping cannot.
    elsewhere: Mapping[str, Scope] = field(default_factory=lambda: NOWHERE)
    star: Sequence[Symbol] = ()
    is_class: bool = False
    owner: object = None
    take: Callable[[object], None] | None = None
    returns: Sequence[tuple[object, Unknown]] = ()
    is_comprehension: bool = False

    @property
    def globals(self) -> Scope:
        """Return the scope of the module."""
        return self.module or self

    @property
    def function(self) -> Scope:
        """Return the scope in which `:=` binds: that around all comprehensions."""
        scope = self
        while scope.is_comprehension and scope.parent is not None:
            scope = scope.parent
        return scope

    def inner(self, *, is_class: bool = False) -> Scope:
        """Return a new scope inside this one; functions do not see the names of a class around them."""
        parent = self
        while parent.is_class and not is_class and parent.parent is not None:
            parent = parent.parent
        inner = Scope(self.module or self, parent, self.file)
        inner.is_class, inner.owner = is_class, self.owner
        return inner

    def find(self, name: str) -> object:
        """Return the value of a name, MISSING when it is not bound."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return MISSING

    def declare_global(self, name: str) -> None:
        """Let `name` be bound in the module."""
        self.elsewhere = {**self.elsewhere, name: self.globals}

    def declare_nonlocal(self, name: str) -> None:
        """Let `name` be bound in the nearest function around that has it."""
        scope = self.parent
        while scope is not None and name not in scope.names:
            scope = scope.parent
        if scope is not None:
            self.elsewhere = {**self.elsewhere, name: scope}
