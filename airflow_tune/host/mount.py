"""Where cgroup hierarchies are mounted: /proc/self/mountinfo, as proc_pid_mountinfo(5) lays it out."""

from __future__ import annotations

import re
from typing import NamedTuple

# Fields of a line up to the separator: id, parent, device, root, mount point, options, optional ones.
_ROOT, _POINT, _FIRST_FIELDS = 3, 4, 6
_LAST_FIELDS = 3
_ESCAPED = re.compile(r"\\([0-7]{3})")


class CgroupMount(NamedTuple):
    """One mounted hierarchy: the group that its top shows (`root`) and the directory it shows at.

    `controllers` are the options of a v1 hierarchy ("cpu", "memory", "name=systemd", …); a v2
    hierarchy has none.
    """

    version: int
    root: str
    point: str
    controllers: frozenset[str]


def parse_mounts(mountinfo: str) -> tuple[CgroupMount, ...]:
    """Return the cgroup hierarchies among the lines of mountinfo; lines of other shapes are passed over."""
    found = map(_parse_line, mountinfo.splitlines())
    return tuple(mount for mount in found if mount is not None)


def _parse_line(line: str) -> CgroupMount | None:
    head, separator, tail = line.partition(" - ")
    first, last = head.split(" "), tail.split(" ")
    if not separator or len(first) < _FIRST_FIELDS or len(last) < _LAST_FIELDS:
        return None
    root, point = _unescaped(first[_ROOT]), _unescaped(first[_POINT])
    if last[0] == "cgroup2":
        return CgroupMount(2, root, point, frozenset())
    if last[0] == "cgroup":
        return CgroupMount(1, root, point, frozenset(last[2].split(",")))
    return None


def _unescaped(field: str) -> str:
    """Return a field with spaces, tabs, newlines and backslashes as they are (octal in the file)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), field)
