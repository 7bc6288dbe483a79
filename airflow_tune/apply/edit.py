"""The lines that changes put in place of others."""

from __future__ import annotations

import configparser
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import cast

from airflow_tune.apply.change import Change, raw_value
from airflow_tune.apply.layout import Layout, end_of, indent_of
from airflow_tune.apply.place import place_for
from airflow_tune.apply.stamp import is_stamp, original, stamp
from airflow_tune.settings.cfg_file import CfgEntry


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines by the number, from 1, of the one that they stand `instead` of or `after`.

    `created` holds the lines of sections that the file lacks, which come last.
    """

    layout: Layout
    instead: dict[int, list[str]] = field(default_factory=dict)
    after: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    created: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def take(self, change: Change) -> None:
        """Note the lines of one change; each option may be changed once."""
        entry = self.layout.cfg.entries.get(change.key)
        if entry:
            self._replace(entry, change)
        elif change.section in self.layout.cfg.sections:
            place = place_for(self.layout, *change.key)
            self.after[place.line] += self._new_option(
                change, place.indent, end_of(self.layout.line(place.line))
            )
        else:
            self.created[change.section] += self._new_option(change, "", "")

    def text(self) -> str:
        """Return the file with all changes; a missing final line end stays missing."""
        lines = []
        for number, line in enumerate(self.layout.lines, start=1):
            lines += self.instead.get(number, [line])
            lines += self.after.get(number, [])
        lines += self._new_sections(blank_above=bool(lines and lines[-1].strip()))
        ended = [line if end_of(line) else line + self._end for line in lines]
        if self.layout.lines and not end_of(self.layout.lines[-1]):
            ended[-1] = lines[-1].rstrip("\r\n")
        return "".join(ended)

    @property
    def _end(self) -> str:
        # As the last line ends: an empty LF line below a lone CR would make one CRLF of the two.
        ends = (end_of(line) for line in reversed(self.layout.lines[-2:]))
        return next((end for end in ends if end), "\n")

    def _new_sections(self, *, blank_above: bool) -> list[str]:
        lines = []
        for section, options in self.created.items():
            lines += [*([""] if blank_above else []), f"[{section}]", *options]
            blank_above = True
        return lines

    def _new_option(self, change: Change, indent: str, end: str) -> list[str]:
        # [DEFAULT] may hold a value for it, which the new line overrides in this section.
        inherited = self.layout.cfg.has(*change.key)
        comment = stamp(self.layout.cfg.value(*change.key) if inherited else change.was, change.reason)
        return [f"{indent}{comment}{end}", f"{indent}{change.option} = {raw_value(change)}{end}"]

    def _replace(self, entry: CfgEntry, change: Change) -> None:
        head, was = self.layout.line(entry.first_line), self.layout.cfg.value(*change.key)
        above = entry.first_line - 1
        if is_stamp(self.layout.line(above)):
            was = original(self.layout.line(above), was, change.value)
            self.instead[above] = []
        comment = indent_of(head) + stamp(was, change.reason) + end_of(head)
        # The end is the value's last one: a CR left before an empty LF line would swallow that line.
        option = _with_value(head.rstrip("\r\n"), raw_value(change)) + end_of(
            self.layout.line(entry.last_line)
        )
        self.instead.update({number: [] for number in range(entry.first_line, entry.last_line + 1)})
        # Comments between the lines of a value are kept, above it; blank lines there are part of it.
        self.instead[entry.first_line] = [*self.layout.inner_comments(entry), comment, option]


def _with_value(line: str, raw: str) -> str:
    """Return an option's first line with another value, its spacing and trailing blanks kept."""
    text = line.strip()
    # It matches: the parser found the option here with the same expression.
    option = cast("re.Match[str]", configparser.ConfigParser.OPTCRE.match(text))
    begin = len(indent_of(line)) + option.start("value")
    if option["value"]:
        return line[:begin] + raw + line[len(indent_of(line)) + len(text) :]
    # `name =` without a blank after it: set one if there is one before the separator.
    space = " " if begin == len(line) and line[begin - 2].isspace() else ""
    return line + space + raw
