"""A text report of a given width: headings, blocks and labelled lines, with or without colour."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

LABEL_WIDTH = 6


class Page:
    """Text that is laid out as it is written; `text()` returns all of it.

    `width` counts columns; without `colour` the text holds no escape sequence at all.
    """

    def __init__(self, *, width: int, colour: bool) -> None:
        self.width = width
        self._out = StringIO()
        self._console = _console(self._out) if colour else None

    def text(self) -> str:
        """Return everything written so far."""
        return self._out.getvalue()

    def heading(self, text: str) -> None:
        """Write a heading after a blank line."""
        self._write("")
        self._write(text, style="bold")

    def line(self, text: str, *, style: str = "", indent: int = 0, hang: int = 0) -> None:
        """Write one paragraph behind its indent; its further lines stand `hang` columns deeper."""
        self._write(self._wrapped(text, " " * indent, " " * (indent + hang)), style=style)

    def labelled(self, label: str, text: str, *, indent: int = 4, width: int = LABEL_WIDTH) -> None:
        """Write a label and text that wraps beside it; nothing when the text is empty."""
        if text:
            first = f"{' ' * indent}{label:<{width}}"
            self._write(self._wrapped(text, first, " " * len(first)), dim=len(first))

    def table(
        self, rows: Sequence[tuple[str, ...]], *, header: tuple[str, ...] = (), indent: int = 2
    ) -> None:
        """Write short cells in aligned columns; the last column wraps."""
        shown = [header, *rows] if header else list(rows)
        widths = [max(len(row[number]) for row in shown) for number in range(len(shown[0]) - 1)]
        for row in shown:
            cells = (cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True))
            first = " " * indent + "".join(f"{cell}  " for cell in cells)
            self._write(self._wrapped(row[-1], first, " " * len(first)), style="dim" if row is header else "")

    def _wrapped(self, text: str, first: str, others: str) -> str:
        if not text:
            # What stands before an empty last cell is still to be read.
            return first.rstrip()
        # A column too narrow to read is worse than a line too long.
        width = max(self.width, len(others) + 20)
        return textwrap.fill(
            text,
            width,
            initial_indent=first,
            subsequent_indent=others,
            break_on_hyphens=False,
            break_long_words=False,
        )

    def _write(self, text: str, *, style: str = "", dim: int = 0) -> None:
        """Write `text` as it stands, with its first `dim` characters dim."""
        if self._console is None:
            self._out.write(f"{text}\n")
            return
        from rich.text import Text  # noqa: PLC0415 - plain text does without rich, and starts faster

        styled = Text(text, style=style)
        if dim:
            styled.stylize("dim", 0, dim)
        self._console.print(styled, soft_wrap=True)


def _console(out: StringIO) -> Console:
    """Return a console that writes colours and nothing else of its own accord."""
    from rich.console import Console  # noqa: PLC0415 - plain text does without rich, and starts faster

    return Console(
        file=out,
        force_terminal=True,
        color_system="standard",
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
