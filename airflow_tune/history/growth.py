"""Columns that grow by blocks of rows and take little memory: each as narrow as what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from airflow_tune.history.column import AnyArray, narrowest


class _Growing:
    """One column; whole numbers are kept in the narrowest type that holds all that came so far."""

    def __init__(self, kind: np.dtype[np.generic]) -> None:
        self._whole = np.empty(0, np.int8 if kind.kind == "i" and kind.itemsize <= 4 else kind)  # noqa: PLR2004 - bytes

    def add(self, block: AnyArray, size: int) -> None:
        """Put `block` behind the `size` rows that are here."""
        if self._whole.dtype.kind == "i" and len(block):
            need = narrowest(int(block.min()), int(block.max()))
            if need.itemsize > self._whole.itemsize:
                self._whole = self._whole.astype(need)
        end = size + len(block)
        if end > len(self._whole):
            # Nobody else holds it. The system moves large columns without copying them.
            self._whole.resize(max(end, size + size // 8), refcheck=False)
        self._whole[size:end] = block

    def cut(self, size: int) -> AnyArray:
        """Return the first `size` rows, and give the room behind them back."""
        self._whole.resize(size, refcheck=False)
        return self._whole


def gathered(blocks: Iterable[Sequence[AnyArray]], kinds: Sequence[np.dtype[np.generic]]) -> list[AnyArray]:
    """Return the columns of all `blocks` of rows, of the `kinds` of type or, of whole numbers, narrower ones.

    A block may be overwritten when the next one is asked for: nothing of it is kept.
    """
    columns = [_Growing(kind) for kind in kinds]
    size = 0
    for block in blocks:
        for column, part in zip(columns, block, strict=True):
            column.add(part, size)
        size += len(block[0])
    return [column.cut(size) for column in columns]
