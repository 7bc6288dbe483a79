"""The lines of a source as Python counts them."""

from __future__ import annotations

import re

# A form feed or a Unicode separator ends no line of Python, though str.splitlines() says so.
LINE_END = re.compile(r"\r\n|\r|\n")


def lines(text: str) -> list[str]:
    """Return the lines of a source, without their ends, as `ast` counts them."""
    return LINE_END.split(text) if "\r" in text else text.split("\n")
