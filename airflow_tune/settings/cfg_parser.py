"""The parser that Airflow reads airflow.cfg with, noting on the way where each value stands.

Airflow's is a `configparser.ConfigParser` whose option names keep their case
(`configuration.py:AirflowConfigParser.optionxform`). Lines are noted by the dictionaries that the
parser fills while it takes one line after the other, so that parser and notes always agree on where
a value begins and ends.
"""

from __future__ import annotations

import configparser
import io
from collections.abc import Iterator
from typing import Any

Lines = tuple[int, int]


class NotingParser(configparser.ConfigParser):
    """Airflow's parser; `line` is the last line taken, `headers` the line of each section's header."""

    def __init__(self) -> None:
        self.line = 0
        self.headers: dict[str, int] = {}
        self._noted: dict[str, _Options] = {}
        # configparser asks for a type and calls it without arguments.
        super().__init__(dict_type=lambda: _Options(self))  # type: ignore[call-overload]

    def optionxform(self, optionstr: str) -> str:
        """Keep the case of option names."""
        return optionstr

    def take(self, text: str) -> None:
        """Read `text`, counting lines; raises what configparser raises."""
        self.read_file(self._counted(text), "airflow.cfg")

    def note_header(self, section: str, options: _Options) -> None:
        """Note that the header of a new section was just taken."""
        self.headers[section] = self.line
        self._noted[section] = options

    def written(self) -> Iterator[tuple[str, str, str, Lines]]:
        """Yield section, option, value before interpolation, and first and last line, as far as read."""
        defaults = self.defaults()
        own = {self.default_section: defaults} if isinstance(defaults, _Options) else {}
        for section, options in (own | self._noted).items():
            yield from ((section, *each) for each in options.written())

    def first_line(self, section: str, option: str) -> int:
        """Return the line of an option that was read."""
        return next(lines[0] for *name, _, lines in self.written() if name == [section, option])

    def _counted(self, text: str) -> Iterator[str]:
        for number, line in enumerate(io.StringIO(text), start=1):
            self.line = number
            yield line


class _Value(list[str]):
    """The lines of one value, as the parser collects them; notes where the last one stands."""

    def __init__(self, first: list[str], parser: NotingParser) -> None:
        super().__init__(first)
        self._parser = parser
        self.lines: Lines = (parser.line, parser.line)

    def append(self, line: str) -> None:
        """Take a continuation line; blank ones at the end of a value are none of its lines."""
        if line:
            self.lines = (self.lines[0], self._parser.line)
        super().append(line)


class _Options(dict[str, Any]):
    """One section: while it is read its values are lists of lines, at the end the parser joins them."""

    def __init__(self, parser: NotingParser) -> None:
        super().__init__()
        self._parser = parser
        self._values: dict[str, _Value] = {}

    def __setitem__(self, key: str, value: object) -> None:
        if isinstance(value, _Options):
            self._parser.note_header(key, value)
        elif isinstance(value, list):
            value = self._values[key] = _Value(value, self._parser)
        super().__setitem__(key, value)

    def written(self) -> Iterator[tuple[str, str, Lines]]:
        """Yield option, value before interpolation, and first and last line."""
        for option, value in self._values.items():
            yield option, "\n".join(value).rstrip(), value.lines
