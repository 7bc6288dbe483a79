"""The lines of an airflow.cfg with their ends, beside what Airflow reads from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from airflow_tune.errors import ApplyError, SettingsError
from airflow_tune.settings.cfg_file import CfgEntry, CfgFile, read_cfg

Key = tuple[str, str]
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_COMMENT = re.compile(r"\s*[#;]")


@dataclass(frozen=True, slots=True)
class Layout:
    """`lines` hold every character of the file; `cfg` knows which of them, from 1, hold what."""

    lines: tuple[str, ...]
    cfg: CfgFile

    def line(self, number: int) -> str:
        """Return a line, counted from 1, with its end."""
        return self.lines[number - 1]

    def inner_comments(self, entry: CfgEntry) -> list[str]:
        """Return the comments that stand between the lines of a value."""
        return [line for line in self.lines[entry.first_line : entry.last_line] if is_comment(line)]

    def values(self) -> dict[Key, str]:
        """Return what Airflow reads for each option of each section, those of [DEFAULT] included.

        Raise ApplyError for a value that Airflow cannot read.
        """
        with _refusing():
            return {key: self.cfg.value(*key) for key in self._keys()}

    def _keys(self) -> Iterator[Key]:
        for section in self.cfg.sections:
            for option in self.cfg.parser.options(section):
                yield section, option


def read_layout(data: bytes, where: str) -> Layout:
    """Return the layout of `data`, read from `where`; raise ApplyError for what Airflow could not read."""
    with _refusing():
        cfg = read_cfg(data, where)
    return Layout(tuple(split_lines(data.decode())), cfg)


def split_lines(text: str) -> list[str]:
    """Return the lines with their ends, as universal newlines see them: LF, CRLF and CR end a line."""
    return _LINE.findall(text)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except SettingsError as error:
        raise ApplyError(error.tried, where=error.where, remedy=error.remedy) from None


def is_comment(line: str) -> bool:
    """Return whether the whole line is a comment."""
    return _COMMENT.match(line) is not None


def end_of(line: str) -> str:
    """Return the line's end: LF, CRLF, CR, or nothing at the end of the file."""
    return line[len(line.rstrip("\r\n")) :]


def indent_of(line: str) -> str:
    """Return the blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip())]
