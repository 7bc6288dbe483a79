"""Why a cfg cannot be written, told before anything is tried."""

from __future__ import annotations

import os
import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
# How the kernel writes blanks and backslashes there.
_ESCAPED = re.compile(rb"\\([0-7]{3})")


def find_obstacle(cfg: Path, *, mounts: Path = _MOUNTS) -> str:
    """Return why `cfg` cannot be replaced by this user, or "" if nothing speaks against it.

    Nothing is written to find out; a full disk or a lock shows itself only in writing.
    """
    target = Path(os.path.realpath(cfg))
    if not target.exists():
        return f"there is no {cfg}"
    if not target.is_file():
        return f"{cfg} is no regular file"
    return _mounted(cfg, target, mounts) or _forbidden(cfg, target)


def _mounted(cfg: Path, target: Path, mounts: Path) -> str:
    if _is_read_only(target):
        return f"{cfg} lies on a read-only mount"
    if str(target) in _mount_points(mounts):
        return f"{cfg} is a mount of its own, which cannot be replaced from inside"
    return ""


def _forbidden(cfg: Path, target: Path) -> str:
    if not os.access(target.parent, os.W_OK | os.X_OK):
        return f"this user may not write into {target.parent}"
    owner = target.stat().st_uid
    return "" if os.geteuid() in {0, owner} else f"{cfg} belongs to another user (uid {owner})"


def _is_read_only(target: Path) -> bool:
    return any(os.statvfs(path).f_flag & os.ST_RDONLY for path in (target, target.parent))


def _mount_points(mounts: Path) -> set[str]:
    """Return the mount points of this process, none where the kernel does not list them (Linux does)."""
    try:
        lines = mounts.read_bytes().splitlines()
    except OSError:
        return set()
    return {os.fsdecode(_ESCAPED.sub(_unescaped, line.split(b" ")[4])) for line in lines}


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)])
