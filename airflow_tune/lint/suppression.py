"""Comments that silence rules: `# airflow-tune: ignore[AFT101]`, `# noqa: AFT101`, or `ignore-file`."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

OURS = re.compile(r"#\s*airflow-tune:\s*ignore(-file)?\b(?!-)(?:\[([\w\s,]*)\])?", re.IGNORECASE)
NOQA = re.compile(r"#\s*noqa:\s*([A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*)", re.IGNORECASE)
PREFIX = "AFT"


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: its line and the codes, or beginnings of codes, that it silences (none: all).

    `whole` says that it is for all lines of the file. `column` is where the comment begins and `end_column`
    where the line ends, in bytes; `text` is the line's source before the comment, `tail` what follows it.
    `others` are the codes of other tools in it.
    """

    line: int
    codes: tuple[str, ...]
    whole: bool = False
    column: int = 0
    end_column: int = 0
    text: str = ""
    tail: str = ""
    others: tuple[str, ...] = ()

    def covering(self, code: str) -> str | None:
        """Return the beginning of a code by which the comment silences it ("" for all codes), or None."""
        if not self.codes:
            return ""
        return next((prefix for prefix in self.codes if code.startswith(prefix)), None)

    def with_codes(self, codes: tuple[str, ...]) -> str:
        """Return the comment for fewer codes, "" where nothing is left of it."""
        if self.others:
            return f"# noqa: {', '.join([*codes, *self.others])}"
        scope = "ignore-file" if self.whole else "ignore"
        return f"# airflow-tune: {scope}[{', '.join(codes)}]" if codes else ""


def suppressions(lines: list[str]) -> dict[int, Suppression]:
    """Return the suppressions of a file by line."""
    found = {
        number: one
        for number, line in enumerate(lines, start=1)
        if "#" in line and (one := on_line(number, line)) is not None
    }
    if not found:
        return found
    comments = real_comments(lines)
    return {number: one for number, one in found.items() if comments is None or number in comments}


def real_comments(lines: list[str]) -> set[int] | None:
    """Return the lines with a comment that is none inside of a text; None where that cannot be told."""
    source: Iterator[str] = (f"{line}\n" for line in lines)
    try:
        tokens = tokenize.generate_tokens(lambda: next(source, ""))
        return {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    except (tokenize.TokenError, SyntaxError):
        return None


def on_line(number: int, line: str) -> Suppression | None:
    """Return the suppression that a line holds; other tools' codes after `noqa` are theirs."""
    ours = OURS.search(line)
    if ours is not None:
        return made(number, line, ours, codes_of(ours[2] or ""), whole=ours[1] is not None)
    theirs = NOQA.search(line)
    if theirs is None:
        return None
    codes = codes_of(theirs[1])
    mine = tuple(code for code in codes if code.startswith(PREFIX))
    others = tuple(code for code in codes if not code.startswith(PREFIX))
    return made(number, line, theirs, mine, others=others) if mine else None


def made(
    number: int,
    line: str,
    found: re.Match[str],
    codes: tuple[str, ...],
    *,
    whole: bool = False,
    others: tuple[str, ...] = (),
) -> Suppression:
    """Return a suppression with where it stands in its line."""
    text, tail = line[: found.start()], line[found.end() :].strip()
    return Suppression(
        number, codes, whole, len(text.encode()), len(line.encode()), text.rstrip(), tail, others
    )


def codes_of(text: str) -> tuple[str, ...]:
    """Return the codes of a comma- or space-separated list."""
    return tuple(code.upper() for code in re.split(r"[\s,]+", text) if code)
