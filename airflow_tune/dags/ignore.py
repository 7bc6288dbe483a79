"""`.airflowignore`: what Airflow leaves out of a DAG folder, as globs (3.x) or regular expressions (2.x)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_tune.dags.project import import_root

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAME = ".airflowignore"
COMMENT = re.compile(r"\s*#.*")
# What no name of a file or folder needs, but regular expressions do: `.*`, `\d`, `^`, `$`, `+`, groups.
REGEXP_ONLY = re.compile(r"\.\*|\\|\^|\$|\+|\(|\|")


class Syntax(str, Enum):
    """How the lines of an `.airflowignore` are meant: core.dag_ignore_file_syntax, or as they look."""

    GLOB = "glob"
    REGEXP = "regexp"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Ignored:
    """One `.airflowignore`: globs speak of paths from its folder, expressions from the DAG folder."""

    folder: Path
    base: Path
    globs: GitIgnoreSpec | None
    patterns: tuple[re.Pattern[str], ...] = ()

    def verdict(self, path: Path, *, is_folder: bool) -> bool | None:
        """Return whether a path below the folder is left out (True) or brought back (False); None: unsaid."""
        if self.globs is None:
            text = path.relative_to(self.base).as_posix()
            return True if any(pattern.search(text) for pattern in self.patterns) else None
        text = path.relative_to(self.folder).as_posix()
        return self.globs.check_file(f"{text}/" if is_folder else text).include


def read_ignored(folder: Path, syntax: Syntax) -> Ignored | None:
    """Return the `.airflowignore` of a folder, None where it has none that can be read.

    Comments and invalid expressions are dropped, as airflow/utils/file.py of 3.3.2 and 2.11.2 does.
    """
    try:
        text = (folder / NAME).read_text("utf-8", "replace")
    except OSError:
        return None
    lines = [line for line in (COMMENT.sub("", raw) for raw in text.splitlines()) if line]
    base = import_root(folder / NAME)
    if syntax is Syntax.REGEXP or (syntax is Syntax.GUESS and any(map(REGEXP_ONLY.search, lines))):
        return Ignored(folder, base, None, tuple(compiled(lines)))
    return Ignored(folder, base, globs_of(lines))


def globs_of(lines: Iterable[str]) -> GitIgnoreSpec:
    """Return the lines that are globs, as one."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - costs 100 ms, and few folders have the file

    def usable(line: str) -> bool:
        # A range such as [w-t] is refused by `re` itself.
        with suppress(re.error, ValueError):
            return bool(GitIgnoreSpec.from_lines([line]))
        return False

    return GitIgnoreSpec.from_lines(filter(usable, lines))


def compiled(lines: Iterable[str]) -> Iterator[re.Pattern[str]]:
    """Yield the lines that are regular expressions."""
    for line in lines:
        with suppress(re.error):
            yield re.compile(line)


def left_out(path: Path, rules: Iterable[Ignored], *, is_folder: bool) -> bool:
    """Return whether a path is ignored; what a deeper file says counts more."""
    found = False
    for rule in rules:
        verdict = rule.verdict(path, is_folder=is_folder)
        found = found if verdict is None else verdict
    return found
