"""Classes written in the project, and their instances."""

from __future__ import annotations

from dataclasses import dataclass, field

from airflow_tune.dags.model import MISSING
from airflow_tune.dags.values.symbol import Symbol

BARE = frozenset({"ABC", "Generic", "Protocol", "object"})
"""Bases outside the project without methods of their own; all others answer `super()` before later bases."""


@dataclass(slots=True, eq=False)
class Class:
    """A class of the project: `bases` may also be symbols of other packages or unknown.

    `altered` marks one that a metaclass or an unread decorator may have changed. `order` and `strange` are
    its ancestors and the last names of those outside the project, found when first asked for.
    """

    name: str
    bases: list[object]
    names: dict[str, object]
    fields: list[str] = field(default_factory=list)
    dataclass: bool = False
    file: str = ""
    order: list[object] = field(default_factory=list)
    altered: bool = False
    strange: frozenset[str] | None = None

    def lineage(self) -> list[object]:
        """Return the class and all its bases in the order in which Python looks attributes up."""
        if not self.order:
            inherited = [
                base.lineage() if isinstance(base, Class) and base is not self else [base]
                for base in self.bases
            ]
            self.order = [self, *merged([*inherited, list(self.bases)])]
        return self.order

    def find(self, name: str, *, after: Class | None = None) -> object:
        """Return a class attribute, MISSING when no class of the project has it.

        `after` starts the search behind that class, as `super()` does.
        """
        if after is None:
            for base in self.order or self.lineage():
                if type(base) is Class and name in base.names:
                    return base.names[name]
            return MISSING
        waiting = True
        for base in self.lineage():
            if not waiting and isinstance(base, Class) and name in base.names:
                return base.names[name]
            if not waiting and unread(base):
                return MISSING
            waiting = waiting and base is not after
        return MISSING

    def outside(self) -> list[object]:
        """Return the bases that are not classes of the project, without `object` itself."""
        return [base for base in self.lineage() if not isinstance(base, Class) and base is not object]

    def opaque(self) -> bool:
        """Return whether code that was not read decides how the class is called."""
        return any(base.altered if isinstance(base, Class) else unread(base) for base in self.lineage())

    def derives(self, *names: str) -> bool:
        """Return whether a base outside the project has one of these last names."""
        return not self.strangers().isdisjoint(names)

    def strangers(self) -> frozenset[str]:
        """Return the last names of its bases outside the project."""
        if self.strange is None:
            self.strange = frozenset(base.last for base in self.outside() if isinstance(base, Symbol))
        return self.strange


def unread(base: object) -> bool:
    """Return whether a base may hold methods that were not read."""
    bare = isinstance(base, Symbol) and base.last in BARE
    return not (isinstance(base, Class) or bare or base is object)


def merged(lines: list[list[object]]) -> list[object]:
    """Return the lines of ancestors as one, as C3 does; where they contradict each other, the first wins."""
    found: list[object] = []
    lines = [list(line) for line in lines if line]
    while lines:
        head = next(
            (line[0] for line in lines if not any(line[0] in other[1:] for other in lines)), lines[0][0]
        )
        found.append(head)
        lines = [rest for line in lines if (rest := [base for base in line if base is not head])]
    return found


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of the project; its attributes are kept, its base's are not known."""

    cls: Class
    attributes: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """What `super()` returns: the object, and the class after which to look."""

    owner: object
    cls: Class
    after: Class
