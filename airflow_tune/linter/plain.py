"""Tables read back from bytes that may come from anywhere: nothing but plain values is made of them."""

from __future__ import annotations

import io
import pickle

TYPE_CHECKING = False  # typing itself takes as long to import as an early answer takes in all
if TYPE_CHECKING:
    from typing import Any


class Plain(pickle.Unpickler):
    """Makes texts, bytes, numbers, tuples and dicts only."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as the method it stands in for
        """Raise UnpicklingError."""
        raise pickle.UnpicklingError(f"{module}.{name} is not kept")


def plain(data: bytes) -> Any:  # noqa: ANN401 - texts, bytes, tuples and dicts, in whatever order
    """Return the tables of a cache's file; raises an exception where they name anything to be made."""
    return Plain(io.BytesIO(data)).load()
