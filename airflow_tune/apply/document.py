"""airflow.cfg as lines, of which only those of the changed options are ever touched.

No library does this: ConfigUpdater 4.1.1 keeps a file that it only reads, but when a value is set it
rewrites the spacing around the separator, drops the line's indent (which makes the options below it
part of the value) and the comments within it, puts LF into CRLF files, adds a final line end, does
not see lone CRs, and refuses a second [DEFAULT], which Airflow accepts. So the lines are edited
here, while reading stays with the parser that Airflow itself uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from airflow_tune.apply.change import Change, raw_value
from airflow_tune.apply.edit import Edit
from airflow_tune.apply.layout import Layout, read_layout
from airflow_tune.apply.proof import prove
from airflow_tune.errors import ApplyError


@dataclass(frozen=True, slots=True)
class CfgDocument:
    """A cfg file that Airflow can read."""

    data: bytes
    layout: Layout

    @classmethod
    def parse(cls, data: bytes, where: str) -> CfgDocument:
        """Return the document `data`, read from `where`.

        Raise ApplyError, naming the lines, for what Airflow could not read: options or sections that
        stand twice, text before the first section (a byte-order mark is such text to Airflow), lines
        without a separator, text that is no UTF-8, a `%` that cannot be interpolated.
        """
        layout = read_layout(data, where)
        layout.values()
        return cls(data, layout)

    def edited(self, changes: Sequence[Change]) -> bytes:
        """Return the file with `changes` made, each with one comment above it that says why.

        A value stands where Airflow reads it: in its own line if there is one; else after its
        commented default; else at the end of its section, which is added at the end of the file if
        missing. An option that has its value already is left alone, its comment too. Raise
        ApplyError for a value that no line can hold, for an option that is changed twice, and if
        the result, read again, is not exactly the file with these changes.
        """
        wanted = [change for change in changes if self.differs(change)]
        self._refuse_twice(wanted)
        if not wanted:
            return self.data
        edit = Edit(self.layout)
        for change in wanted:
            edit.take(change)
        data = edit.text().encode()
        prove(self.layout, data, wanted)
        return data

    def differs(self, change: Change) -> bool:
        """Return whether the file does not give the option that value; raise ApplyError if none could."""
        raw_value(change)
        cfg = self.layout.cfg
        return not cfg.has(*change.key) or cfg.value(*change.key) != change.value

    def _refuse_twice(self, changes: Sequence[Change]) -> None:
        names = [change.name for change in changes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ApplyError(
                f"{', '.join(twice)} would be changed twice",
                where=self.layout.cfg.where,
                remedy="choose one value for each",
            )
