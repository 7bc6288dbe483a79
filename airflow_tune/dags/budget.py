"""How much work one file may cost: steps, call depth and the size of what it builds."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = 400_000
"""Expressions and statements evaluated per file; about one second of one core."""

DEPTH = 40
"""Calls of the file's own functions inside each other; real factories were seen up to 12 deep."""

ELEMENTS = 100_000
"""Elements of one container or characters times ten of one string that an operation may build."""


class BudgetError(Exception):
    """The file costs more than its budget; the message names what ran out."""


@dataclass(slots=True)
class Budget:
    """What is left for the file being read."""

    steps: int = STEPS
    depth: int = DEPTH

    def spend(self, steps: int = 1) -> None:
        """Take `steps` off; raises BudgetError when nothing is left."""
        self.steps -= steps
        if self.steps < 0:
            raise BudgetError(f"more than {STEPS} steps are needed to read the file")

    def fresh(self) -> Budget:
        """Return a whole budget, as deep in calls as this one: an imported module is read once for all."""
        return Budget(STEPS, self.depth)

    def enter(self) -> None:
        """Go one call deeper; raises BudgetError below the floor."""
        self.depth -= 1
        if self.depth < 0:
            raise BudgetError(f"functions call each other more than {DEPTH} deep")

    def leave(self) -> None:
        """Come back from a call."""
        self.depth += 1


def fits(size: int) -> bool:
    """Return whether a container of `size` elements may be built."""
    return size <= ELEMENTS
