"""The proof, before anything is written, that an edit did what it was meant to do and no more."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_tune.apply.change import Change, raw_value
from airflow_tune.apply.layout import Key, Layout, end_of, is_comment, read_layout
from airflow_tune.apply.stamp import is_stamp
from airflow_tune.errors import ApplyError, TuneError


def prove(before: Layout, data: bytes, changes: Sequence[Change]) -> None:
    """Read `data` again and raise ApplyError unless it is `before` with just the `changes`.

    Each changed option must have its value, every other one, wherever it stands and whatever it
    interpolates, the one it had; and the lines of all others must be the same to the byte.
    """
    where = before.cfg.where
    try:
        after = read_layout(data, where)
        values = after.values()
    except TuneError as error:
        raise _failed(f"the result would be unreadable ({error.tried})", where) from error
    wanted = before.values() | {change.key: change.value for change in changes}
    differing = sorted(".".join(key) for key in wanted.keys() | values if wanted.get(key) != values.get(key))
    if differing:
        raise _failed(f"{', '.join(differing)} would change as well", where)
    if any(after.cfg.entries[change.key].raw != raw_value(change) for change in changes):
        raise _failed("a value would not be kept as written", where)
    keys = {change.key for change in changes}
    if not _same_outside(before, after, keys):
        raise _failed("lines of other options would change as well", where)


def _failed(what: str, where: str) -> ApplyError:
    return ApplyError(
        f"the changes cannot be made safely: {what}",
        where=where,
        remedy="make them by hand; the values are listed by --dry-run",
    )


def _same_outside(before: Layout, after: Layout, keys: set[Key]) -> bool:
    created = after.cfg.sections.keys() - before.cfg.sections.keys()
    headers = {after.cfg.sections[section] for section in created}
    kept, found = _outside(before, keys, set()), _outside(after, keys, headers)
    if created:
        # A new section is set off by a blank line.
        kept, found = _without_blank_end(kept), _without_blank_end(found)
    if kept and found and not end_of(kept[-1]):
        # The file's last line gets an end where something is added below it.
        found[-1] = found[-1].rstrip("\r\n")
    return kept == found


def _outside(layout: Layout, keys: set[Key], own: set[int]) -> list[str]:
    """Return the lines that are neither `own` nor part of the options `keys` and their comments."""
    for key in keys & layout.cfg.entries.keys():
        entry = layout.cfg.entries[key]
        span = range(entry.first_line, entry.last_line + 1)
        own.update(number for number in span if not is_comment(layout.line(number)))
        own.update(number for number in [entry.first_line - 1] if is_stamp(layout.line(number)))
    return [line for number, line in enumerate(layout.lines, start=1) if number not in own]


def _without_blank_end(lines: list[str]) -> list[str]:
    last = max((number for number, line in enumerate(lines, start=1) if line.strip()), default=0)
    return lines[:last]
