"""Comments that silence rules on their line: `# airflow-tune: ignore[AFT101]` and `# noqa: AFT101`."""

from __future__ import annotations

import re
from dataclasses import dataclass

OURS = re.compile(r"#\s*airflow-tune:\s*ignore(?:\[([\w\s,]*)\])?", re.IGNORECASE)
NOQA = re.compile(r"#\s*noqa:\s*([\w\s,]+)", re.IGNORECASE)
CODE = re.compile(r"[A-Z]+\d*")
PREFIX = "AFT"


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: its line, the codes, or beginnings of codes, that it silences (none: all).

    `text` is the comment as written, `rest` what remains of it for other tools when ours goes.
    """

    line: int
    codes: tuple[str, ...]
    text: str = ""
    rest: str = ""

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
        return Suppression(number, codes_of(ours[1] or ""), ours[0])
    theirs = NOQA.search(line)
    if theirs is None:
        return None
    all_codes = [code for code in codes_of(theirs[1]) if CODE.fullmatch(code)]
    codes = tuple(code for code in all_codes if code.startswith(PREFIX))
    others = ", ".join(code for code in all_codes if code not in codes)
    return Suppression(number, codes, theirs[0], f"# noqa: {others}" if others else "") if codes else None


def codes_of(text: str) -> tuple[str, ...]:
    """Return the codes of a comma- or space-separated list."""
    return tuple(code.upper() for code in re.split(r"[\s,]+", text) if code)
