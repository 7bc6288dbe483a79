"""A text report of a given width: headings, blocks and labelled lines, with or without colour."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

LABEL_WIDTH = 6


class Page:
    """Text that is laid out as it is written; `text()` returns all of it.

    `width` counts columns; without `colour` the text holds no escape sequence at all.
    """

    def __init__(self, *, width: int, colour: bool) -> None:
        self._out = StringIO()
        self._console = Console(
            file=self._out,
            width=width,
            force_terminal=colour,
            no_color=not colour,
            color_system="standard" if colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def text(self) -> str:
        """Return everything written so far, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self._out.getvalue().split("\n"))

    def heading(self, text: str) -> None:
        """Write a heading after a blank line."""
        self._console.print()
        self._console.print(Text(text, style="bold"))

    def line(self, text: str, *, style: str = "", indent: int = 0) -> None:
        """Write one paragraph, wrapped behind its indent."""
        self._console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))

    def labelled(self, label: str, text: str, *, indent: int = 4, width: int = LABEL_WIDTH) -> None:
        """Write a dim label and text that wraps beside it; nothing when the text is empty."""
        if not text:
            return
        grid = Table.grid(padding=0)
        grid.add_column(width=width, no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(Text(label, style="dim"), Text(text))
        self._console.print(Padding(grid, (0, 0, 0, indent)))

    def columns(self, rows: list[tuple[str, ...]], *, header: tuple[str, ...] = (), indent: int = 2) -> None:
        """Write rows in aligned columns; the last column wraps."""
        grid = Table.grid(padding=(0, 2, 0, 0))
        for number in range(len(rows[0])):
            grid.add_column(overflow="fold", no_wrap=False, ratio=1 if number == len(rows[0]) - 1 else None)
        if header:
            grid.add_row(*(Text(name, style="dim") for name in header))
        for row in rows:
            grid.add_row(*(Text(cell) for cell in row))
        self._console.print(Padding(grid, (0, 0, 0, indent)))
