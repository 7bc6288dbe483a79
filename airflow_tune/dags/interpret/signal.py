"""How statements end other than by falling through, and what the read code raises."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from airflow_tune.dags.model import Unknown


class Jump(Enum):
    """`break` and `continue`; `return` and `raise` where it is unknown whether they happen."""

    BREAK = "break"
    CONTINUE = "continue"
    RETURN = "return"
    RAISE = "raise"


@dataclass(slots=True, eq=False)
class Return:
    """`return` with its value."""

    value: object


Signal: TypeAlias = "Jump | Return | None"


class RaisedError(Exception):
    """An exception that the read code surely raises, by the name of its class.

    `doubt` says why it may not be raised after all: the code that raises it may not run. `file` is that of
    the function whose body raised it, "" at top level.
    """

    doubt: Unknown | None = None
    file: str = ""

    def __init__(self, name: str, message: str, line: int) -> None:
        super().__init__(f"{name}: {message}" if message else name)
        self.name = name
        self.line = line

    @property
    def unknown(self) -> Unknown:
        """Return it as a reason."""
        return Unknown(f"raises {self}", self.line)

    def is_a(self, name: str) -> bool:
        """Return whether `except name` would catch it; unknown classes are taken for direct ones."""
        if name in (self.name, "Exception", "BaseException"):
            return True
        ours, theirs = getattr(builtins, self.name, None), getattr(builtins, name, None)
        return isinstance(ours, type) and isinstance(theirs, type) and issubclass(ours, theirs)
