"""What the imports of one file cost, out of the lines that `-X importtime` writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

_MICROSECOND = 1e-6
_INDENT = 2


def import_costs(lines: Iterable[str]) -> dict[str, float]:
    """Return the seconds that each package took which the file itself imported, the dearest first.

    Of `import time: SELF | CUMULATIVE | NAME` those lines count that stand farthest to the left: what they
    imported in turn is indented, comes before them and is within their time.
    """
    rows = [row for line in lines if (row := _row(line))]
    outermost = min((depth for depth, _, _ in rows), default=0)
    found: dict[str, float] = defaultdict(float)
    for depth, name, cumulative in rows:
        if depth == outermost:
            found[name.partition(".")[0]] += cumulative
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _row(line: str) -> tuple[int, str, float] | None:
    """Return depth, name and cumulative seconds; None for the heading and for what was cut off."""
    parts = line.removeprefix("import time:").rstrip("\n").split("|")
    if len(parts) != 3 or not parts[1].strip().isdigit():  # noqa: PLR2004 - self, cumulative, name
        return None
    name = parts[2].lstrip()
    return (len(parts[2]) - len(name)) // _INDENT, name.strip(), int(parts[1]) * _MICROSECOND
