"""Comments that silence rules on their line: `# airflow-tune: ignore[AFT101]` and `# noqa: AFT101`."""

from __future__ import annotations

import re
from dataclasses import dataclass

OURS = re.compile(r"#\s*airflow-tune:\s*ignore(?:\[([\w\s,]*)\])?", re.IGNORECASE)
NOQA = re.compile(r"#\s*noqa:\s*([\w\s,]+)", re.IGNORECASE)
PREFIX = "AFT"


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: its line and the codes, or beginnings of codes, that it silences; none: all."""

    line: int
    codes: tuple[str, ...]

    def covers(self, code: str) -> bool:
        """Return whether a code is silenced."""
        return not self.codes or any(code.startswith(prefix) for prefix in self.codes)


def suppressions(lines: list[str]) -> dict[int, Suppression]:
    """Return the suppressions of a file by line."""
    return {
        number: found
        for number, line in enumerate(lines, start=1)
        if "#" in line and (found := on_line(number, line)) is not None
    }


def on_line(number: int, line: str) -> Suppression | None:
    """Return the suppression that a line holds; other tools' codes after `noqa` are theirs."""
    ours = OURS.search(line)
    if ours is not None:
        return Suppression(number, codes_of(ours[1] or ""))
    theirs = NOQA.search(line)
    codes = tuple(code for code in codes_of(theirs[1]) if code.startswith(PREFIX)) if theirs else ()
    return Suppression(number, codes) if codes else None


def codes_of(text: str) -> tuple[str, ...]:
    """Return the codes of a comma- or space-separated list."""
    return tuple(code.upper() for code in re.split(r"[\s,]+", text) if code)
