"""Which findings comments silence, and which comments silenced none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from airflow_tune.lint.suppression import Suppression
from airflow_tune.lint.unused import unused
from airflow_tune.lint.violation import Violation


@dataclass(slots=True)
class Silence:
    """The comments of all files, by file and line; `used` are the codes of each that silenced something."""

    comments: Mapping[str, Mapping[int, Suppression]]
    used: dict[tuple[str, int], set[str]] = field(default_factory=dict)

    def covers(self, one: Violation) -> bool:
        """Return whether a comment silences a finding, and note that it does."""
        file, line = place_of(one)
        ours = self.comments.get(file)
        if not ours:
            return False
        silenced = False
        for comment in ours.values():
            prefix = comment.covering(one.code) if comment.whole or comment.line == line else None
            if prefix is not None:
                self.used.setdefault((file, comment.line), set()).add(prefix)
                silenced = True
        return silenced

    def unused(self, unjudged: Sequence[str]) -> Iterator[Violation]:
        """Yield what silenced nothing; codes of rules that were not judged are given the benefit."""
        for file, comments in self.comments.items():
            for comment in comments.values():
                used = self.used.get((file, comment.line), set())
                asleep = {prefix for prefix in comment.codes if any(c.startswith(prefix) for c in unjudged)}
                found = unused(file, comment, used | asleep)
                if found is not None:
                    yield found


def place_of(one: Violation) -> tuple[str, int]:
    """Return file and line of a finding."""
    return (one.origin.where, one.origin.line or 0) if one.origin else ("", 0)
