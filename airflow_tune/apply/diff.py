"""What a change of airflow.cfg looks like, without the secrets that stand around it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from airflow_tune.apply.layout import end_of, indent_of, is_comment, split_lines
from airflow_tune.secrets import MASK, looks_sensitive, redact

_CONTEXT = 3
_OPTION = re.compile(r"\s*(?:[#;]\s*)*(?P<name>[\w.\-]+)\s*[=:]\s*(?P<value>.*)")
# Free-form arguments, which Airflow counts as sensitive for what they may hold.
_ARGUMENTS = ("_kwargs", "_args")
_ENDS = {"\r": "␍", "\r\n": "␍␊", "\n": "␊"}
_NO_END = "\\ No newline at end of file"


def unified_diff(before: bytes, after: bytes, path: Path) -> str:
    """Return the lines that differ with three lines around them, "" if none do.

    Bytes are compared as they are. What is shown is fit for any terminal: values that are or may
    be secret are masked, control characters and bytes that are no UTF-8 are escaped, and line ends
    are only marked where they are not those of the file's first line.
    """
    old, new = _lines(before), _lines(after)
    usual = next(filter(None, map(end_of, [*old, *new])), "")
    shown_old, shown_new = list(_shown(old, usual)), list(_shown(new, usual))
    body: list[str] = []
    for group in difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT):
        body += _hunk(group, shown_old, shown_new)
    return "".join(f"{line}\n" for line in [f"--- {path}", f"+++ {path} (new)", *body] if body)


def _lines(data: bytes) -> list[str]:
    # Escaped one by one, so that two lines with different bytes stay different.
    return split_lines(data.decode(errors="surrogateescape"))


def _hunk(group: Iterable[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Iterator[str]:
    group = list(group)
    (_, old_begin, _, new_begin, _), (_, _, old_end, _, new_end) = group[0], group[-1]
    yield f"@@ -{_range(old_begin, old_end)} +{_range(new_begin, new_end)} @@"
    for kind, first, last, new_first, new_last in group:
        if kind == "equal":
            yield from (f" {line}" for line in old[first:last])
        else:
            yield from (f"-{line}" for line in old[first:last])
            yield from (f"+{line}" for line in new[new_first:new_last])


def _range(begin: int, end: int) -> str:
    """Return first line and count, as `diff -u` does: the line before where there is none."""
    count = end - begin
    return f"{begin + 1 if count else begin},{count}"


def _shown(lines: Iterable[str], usual: str) -> Iterator[str]:
    # The indent of the secret option whose further lines may follow.
    secret: int | None = None
    for line in lines:
        text, end = line.rstrip("\r\n"), end_of(line)
        if text.strip() and not is_comment(text):
            indent = len(indent_of(text))
            if secret is not None and indent > secret:
                yield MASK + _marked(end, usual)
                continue
            secret = indent if _is_secret(text) else None
        yield _printable(_masked(text)) + _marked(end, usual)


def _is_secret(text: str) -> bool:
    option = _OPTION.match(text)
    return option is not None and (looks_sensitive(option["name"]) or option["name"].endswith(_ARGUMENTS))


def _masked(text: str) -> str:
    option = _OPTION.match(text)
    if option and option["value"] and _is_secret(text):
        return text[: option.start("value")] + MASK
    return redact(text)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\t" else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    raw = char.encode(errors="surrogateescape")
    return f"\\x{raw[0]:02x}" if len(raw) == 1 else char.encode("unicode_escape").decode()


def _marked(end: str, usual: str) -> str:
    if not end:
        return f"\n{_NO_END}"
    return "" if end == usual else _ENDS[end]
