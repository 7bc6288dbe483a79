"""Fixes, applied to files: as many as go together, judged anew, until nothing is left to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from airflow_tune.apply.write import write_atomically
from airflow_tune.errors import ApplyError
from airflow_tune.lint.check import settle
from airflow_tune.lint.edit import Fix, apply_fixes
from airflow_tune.lint.selection import where
from airflow_tune.lint.violation import Violation
from airflow_tune.linter.reading import Reader, content_of, encoding_of, text_of
from airflow_tune.linter.request import Request
from airflow_tune.linter.run import Run

ROUNDS = 20
"""Rounds of judging and mending after which a file is left as it is; fixes that undo each other never end."""

Keep = Callable[[Sequence[Violation]], Sequence[Violation]]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file that fixes change: its content before and after, and how many they are."""

    path: Path
    before: bytes
    after: bytes
    count: int

    def write(self) -> None:
        """Write the new content, if the file still holds the old one; raises ApplyError otherwise."""
        try:
            write_atomically(self.path, self.after, expected=self.before)
        except ApplyError as error:
            remedy = "run again, or apply by hand what --diff shows"
            raise ApplyError(error.tried, where=error.where, remedy=remedy) from error


@dataclass(frozen=True, slots=True)
class Fixer:
    """Applies fixes; `unsafe` also those that may change more than the rule is about.

    `keep` returns of a file's findings those that are wanted.
    """

    request: Request
    keep: Keep
    unsafe: bool

    def fixed(self, findings: Iterable[Violation]) -> Iterator[Fixed]:
        """Yield the files that change when findings, and what they leave behind, are mended."""
        by_file: dict[str, list[Violation]] = {}
        for one in findings:
            if self.applicable(one) is not None:
                by_file.setdefault(where(one), []).append(one)
        for file, found in by_file.items():
            result = self.mended(Path(file), found)
            if result is not None:
                yield result

    def applicable(self, one: Violation) -> Fix | None:
        """Return the fix of a finding, if it is asked for."""
        return one.fix if one.fix is not None and (one.fix.safe or self.unsafe) else None

    def mended(self, path: Path, found: Sequence[Violation]) -> Fixed | None:
        """Return a file with fixes applied, None where nothing changes."""
        before = self.request.overlay.get(path) or content_of(path)
        if not isinstance(before, bytes):
            return None
        text, encoding, count = text_of(before), encoding_of(before), 0
        for _ in range(ROUNDS):
            fixes = [fix for one in found if (fix := self.applicable(one)) is not None]
            done = apply_fixes(text, fixes)
            if done.text == text:
                break
            text, count = done.text, count + len(done.fixes)
            found = self.judged(path, text.encode(encoding))
        after = text.encode(encoding)
        return Fixed(path, before, after, count) if after != before else None

    def judged(self, path: Path, data: bytes) -> Sequence[Violation]:
        """Return the findings of a file with another content; comments on the project's rules are left."""
        request = self.request
        options = Run(request).config_of(path.parent).options
        examined = Reader(request.catalog.files).examined(path, options, data)
        if examined is None:
            return ()
        return self.keep(settle([examined], (), [rule.code for rule in request.catalog.project]))
