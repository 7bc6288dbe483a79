"""Edits of a source: what a fix replaces, and how several fixes are applied to one text."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Text in place of a range: lines from 1, columns in bytes of UTF-8, as `ast` counts both.

    An empty range inserts. Line feeds in `text` become the file's own line ends.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that mend one hit, all or none; `safe` when nothing else can change by them."""

    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """A text after some fixes, and which of them they were; the others overlap these or break the syntax."""

    text: str
    fixes: tuple[Fix, ...]


def apply_fixes(text: str, fixes: Iterable[Fix]) -> Applied:
    """Return `text` with as many of `fixes` as go together, the first ones first.

    A fix that touches what an earlier one replaces is left for another round, when the text has been
    judged anew. Where the result is no longer Python although `text` is, the fixes are tried one by one.
    """
    chosen = compatible(fixes)
    changed = replaced(text, [edit for fix in chosen for edit in fix.edits])
    if parses(changed) or not parses(text):
        return Applied(changed, tuple(chosen))
    good: list[Fix] = []
    for fix in chosen:
        if parses(replaced(text, [edit for one in [*good, fix] for edit in one.edits])):
            good.append(fix)
    return Applied(replaced(text, [edit for fix in good for edit in fix.edits]), tuple(good))


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """Return the fixes that do not overlap an earlier one; two may share an edit, such as a new import."""
    chosen: list[Fix] = []
    taken: set[Edit] = set()
    for fix in fixes:
        new = [edit for edit in fix.edits if edit not in taken]
        if fix.edits and not any(overlap(one, other) for one in new for other in taken):
            chosen.append(fix)
            taken.update(new)
    return chosen


def overlap(one: Edit, other: Edit) -> bool:
    """Return whether two ranges share a character, or begin at the same place."""
    begin, end = (one.line, one.column), (one.end_line, one.end_column)
    other_begin, other_end = (other.line, other.column), (other.end_line, other.end_column)
    return begin == other_begin or (begin < other_end and other_begin < end)


def replaced(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with edits applied from the bottom up; equal ones once."""
    data = text.encode()
    starts = [0, *(match.end() for match in LINE_END.finditer(data))]
    found = LINE_END.search(data)
    newline = found[0] if found else b"\n"
    for edit in sorted(set(edits), reverse=True):
        new = edit.text.encode().replace(b"\n", newline)
        if edit.line > len(starts) and new:
            new = newline + new  # behind a last line that has no end
        begin = offset(data, starts, edit.line, edit.column)
        data = data[:begin] + new + data[offset(data, starts, edit.end_line, edit.end_column) :]
    return data.decode()


def offset(data: bytes, starts: Sequence[int], line: int, column: int) -> int:
    """Return the byte at a line and column; a line past the last is the end of the text."""
    return starts[line - 1] + column if line <= len(starts) else len(data)


def parses(text: str) -> bool:
    """Return whether a text is Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
