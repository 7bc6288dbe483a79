"""One option that is to get another value in airflow.cfg."""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass

from airflow_tune.errors import ApplyError

_OPTION = re.compile(r"[a-z0-9_][a-z0-9_.-]*")
_SECTION = re.compile(r"[^\s\[\]][^\[\]\r\n]*")


@dataclass(frozen=True, slots=True)
class Change:
    """`option` of `section` is to become `value`, because of `reason`.

    `value` is what Airflow shall read, unescaped. `was` is what is effective so far where the
    file does not hold the option itself (a default); None if nothing was set anywhere.
    """

    section: str
    option: str
    value: str
    reason: str
    was: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return section and option."""
        return self.section, self.option

    @property
    def name(self) -> str:
        """Return "section.option", as messages spell it."""
        return f"{self.section}.{self.option}"


def raw_value(change: Change) -> str:
    """Return the value as it has to stand in the file for Airflow to read it as meant.

    Airflow reads its file with configparser's basic interpolation: `%` is written `%%`, and there
    is neither quoting nor an inline comment. Raise ApplyError for what no line can hold: line
    breaks, outer blanks, text that UTF-8 cannot encode, names that Airflow would not look up.
    """
    problem = _problem(change)
    if problem:
        raise ApplyError(
            f"{change.name} cannot be written: {problem}",
            remedy=f"set {change.name} by hand, or as an environment variable",
        )
    return change.value.replace("%", "%%")


def _problem(change: Change) -> str:
    if not _OPTION.fullmatch(change.option):
        return "Airflow looks options up in lower case, without blanks and separators"
    if not _SECTION.fullmatch(change.section) or change.section == configparser.DEFAULTSECT:
        return "its section is none that an option can stand in"
    if "\n" in change.value or "\r" in change.value:
        return "its value holds a line break"
    if change.value != change.value.strip():
        return "its value begins or ends with blanks, which Airflow drops"
    if any("\ud800" <= char <= "\udfff" for char in change.value):
        return "its value cannot be encoded as UTF-8"
    return ""


def expansion_note(change: Change) -> str:
    """Return a warning if Airflow would expand a variable or home directory in the value, or ""."""
    if "$" not in change.value and not change.value.startswith("~"):
        return ""
    return f"Airflow expands $VARIABLE and a leading ~ in {change.name} = {change.value}"
