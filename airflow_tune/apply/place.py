"""Where in the file an option goes that stands in no line yet."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from dataclasses import dataclass

from airflow_tune.apply.layout import Layout, indent_of, is_comment

_COMMENTED_OPTION = re.compile(r"\s*[#;]\s*(?P<option>[a-z0-9_.-]+)\s*[=:]")


@dataclass(frozen=True, slots=True)
class Place:
    """After which line a new option goes (counted from 1), and how deep it has to be indented.

    With an indent that fits neither neighbour, one of them would become part of the other's value.
    """

    line: int
    indent: str


def place_for(layout: Layout, section: str, option: str) -> Place:
    """Return the place of a new option in a section that exists.

    Right after its commented default (with the rest of a default over several lines), else after
    the last option of its section, else after the section's header.
    """
    own = [entry.last_line for entry in layout.cfg.entries.values() if entry.section == section]
    line = _commented_default(layout, section, option) or max(own, default=layout.cfg.sections[section])
    return Place(line, _indent(layout, line))


def _commented_default(layout: Layout, section: str, option: str) -> int | None:
    for number in _region(layout, section):
        found = _COMMENTED_OPTION.match(layout.line(number))
        if found and found["option"] == option:
            return _outside_values(layout, _end_of_comment(layout, number))
    return None


def _region(layout: Layout, section: str) -> Iterator[int]:
    for number in range(layout.cfg.sections[section] + 1, len(layout.lines) + 1):
        if configparser.ConfigParser.SECTCRE.match(layout.line(number).strip()):
            return
        yield number


def _end_of_comment(layout: Layout, number: int) -> int:
    """Return the last line of a comment that runs from line `number` to a blank one, or `number`."""
    last = number
    for line in layout.lines[number:]:
        if not line.strip():
            break
        if not is_comment(line) or _COMMENTED_OPTION.match(line):
            return number
        last += 1
    return last


def _outside_values(layout: Layout, number: int) -> int:
    entries = layout.cfg.entries.values()
    return next((e.last_line for e in entries if e.first_line <= number < e.last_line), number)


def _indent(layout: Layout, number: int) -> str:
    options = {entry.first_line for entry in layout.cfg.entries.values()}
    starts = sorted({*options, *layout.cfg.sections.values()})
    before = max(start for start in starts if start <= number)
    after = next((start for start in starts if start > number), before)
    # What follows a header may be indented as it likes; what follows an option only as far as that.
    return indent_of(layout.line(before if before in options else after))
