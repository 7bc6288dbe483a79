"""The lines of a task log, of 2.x (text) and 3.x (one JSON object a line), as errors and plain messages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_STAMP = re.compile(r"^\[[^\]]+\] \{[^}]+\} [A-Z]+ - ")
"""How 2.x begins a record: "[time] {file:line} LEVEL - "."""
_EXCEPTION = re.compile(r"^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:: |$)")
"""The last line of a traceback: a class, then a colon and its message if it has one."""
_TRACEBACK = "Traceback (most recent call last)"


def _record(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _raised(record: dict[str, Any]) -> Iterator[str]:
    """Yield the exceptions of a record, the one that ended the task first, then what caused it."""
    details = record.get("error_detail")
    for one in details if isinstance(details, list) else ():
        if isinstance(one, dict) and one.get("exc_type"):
            yield f"{one['exc_type']}: {one.get('exc_value') or ''}"


class LogLines:
    """What a log says, each list in the order of the log: `errors` are exceptions, `messages` everything."""

    def __init__(self, text: str) -> None:
        self.errors: list[str] = []
        self.messages: list[str] = []
        self._in_traceback = False
        for line in text.splitlines():
            record = _record(line)
            if record is None:
                self._plain(line)
            else:
                # 3.x says which signal ended the process in a field of its own.
                said = (record.get(name) for name in ("event", "signal_name"))
                self.messages.append(" ".join(str(one) for one in said if one))
                self.errors.extend(reversed(list(_raised(record))))

    def _plain(self, line: str) -> None:
        stamped = _STAMP.match(line)
        message = line[stamped.end() :] if stamped else line
        self.messages.append(message)
        if stamped:
            self._in_traceback = False
        if _TRACEBACK in message:
            self._in_traceback = True
        elif self._in_traceback and not message.startswith((" ", "\t")) and _EXCEPTION.match(message):
            self.errors.append(message)
