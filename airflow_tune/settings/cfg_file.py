"""airflow.cfg as Airflow sees it, with the lines on which each value stands."""

from __future__ import annotations

import configparser
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from airflow_tune.settings import cfg_trouble
from airflow_tune.settings.cfg_parser import NotingParser

MAX_BYTES = 10 * 1024 * 1024


class CfgEntry(NamedTuple):
    """One option as written: `raw` is not interpolated; lines count from 1, both ends included."""

    section: str
    option: str
    raw: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class CfgFile:
    """What a configuration file says, in its order.

    `entries` maps (section, option) as spelt in the file to what stands there; options of
    `[DEFAULT]`, which hold in every section of the file, are listed under "DEFAULT". `sections`
    maps each other section to the line of its header.
    """

    where: str
    entries: Mapping[tuple[str, str], CfgEntry]
    sections: Mapping[str, int]
    parser: configparser.ConfigParser = field(repr=False, compare=False)

    def has(self, section: str, option: str) -> bool:
        """Return whether Airflow finds the option there, in its section or in `[DEFAULT]`."""
        return self.parser.has_option(section, option)

    def value(self, section: str, option: str) -> str:
        """Return the value with `%(name)s` filled in and `%%` made `%`.

        Raises SettingsError with file and line where Airflow raises an interpolation error.
        """
        try:
            return self.parser.get(section, option)
        except configparser.InterpolationError as error:
            raise cfg_trouble.bad_interpolation(error, self.place(section, option)) from None

    def entry(self, section: str, option: str) -> CfgEntry | None:
        """Return the lines that decide the option, be they in its section or in `[DEFAULT]`."""
        own = self.entries.get((section, option))
        return own or self.entries.get((self.parser.default_section, option))

    def place(self, section: str, option: str) -> str:
        """Return "file:line" of the option, or the file where it has no such option."""
        found = self.entry(section, option)
        return f"{self.where}:{found.first_line}" if found else self.where


def read_cfg(data: bytes, where: str) -> CfgFile:
    """Return what the configuration file `where` with the content `data` says.

    Raises SettingsError, naming each line at fault, where Airflow could not read it either:
    duplicate options or sections, lines without section or separator, text that is no UTF-8;
    and for what is no configuration file at all: binary data or more than 10 MiB.
    """
    text = _decoded(data, where)
    parser = NotingParser()
    try:
        parser.take(text)
    except configparser.Error as error:
        raise cfg_trouble.unreadable(error, text, where) from None
    return CfgFile(where, _entries(parser), parser.headers, parser)


def _entries(parser: NotingParser) -> dict[tuple[str, str], CfgEntry]:
    return {
        (section, option): CfgEntry(section, option, raw, *lines)
        for section, option, raw, lines in parser.written()
    }


def _decoded(data: bytes, where: str) -> str:
    if len(data) > MAX_BYTES:
        raise cfg_trouble.too_large(MAX_BYTES, where)
    if b"\0" in data:
        raise cfg_trouble.binary(where)
    try:
        # Universal newlines, as Airflow's open() in text mode has them.
        return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8").read()
    except UnicodeDecodeError:
        raise cfg_trouble.undecodable(data, where) from None
