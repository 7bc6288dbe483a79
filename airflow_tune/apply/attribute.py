"""Owner, mode, ACL and extended attributes, carried from a file to the one that replaces it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from airflow_tune.errors import ApplyError

# The kernel and security modules label new files by rules of their own; these names may be refused.
_LABELS = ("security.", "trusted.")


def carry_attributes(source: Path, fd: int) -> None:
    """Give the open file `fd` the owner, mode, ACL and extended attributes of `source`.

    Raise ApplyError where one cannot be kept: a file that changed hands could become unreadable to
    Airflow, or readable to others. POSIX ACLs are extended attributes on Linux and come last,
    because changing the mode would change their mask.
    """
    wanted, present = source.stat(), os.fstat(fd)
    if (wanted.st_uid, wanted.st_gid) != (present.st_uid, present.st_gid):
        _own(source, fd, wanted)
    os.fchmod(fd, stat.S_IMODE(wanted.st_mode))
    if hasattr(os, "listxattr"):
        _carry_extended(source, fd)


def _own(source: Path, fd: int, wanted: os.stat_result) -> None:
    try:
        os.fchown(fd, wanted.st_uid, wanted.st_gid)
    except PermissionError:
        raise ApplyError(
            f"its owner (uid {wanted.st_uid}, gid {wanted.st_gid}) could not be kept",
            where=str(source),
            remedy="run as the file's owner, or as root",
        ) from None


def _carry_extended(source: Path, fd: int) -> None:
    for name in os.listxattr(source):
        with suppress(PermissionError) if name.startswith(_LABELS) else _kept(source, name):
            os.setxattr(fd, name, os.getxattr(source, name))


@contextmanager
def _kept(source: Path, name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ApplyError(
            f"its extended attribute {name} could not be kept: {error.strerror}",
            where=str(source),
            remedy="run as the file's owner, or remove the attribute",
        ) from error
