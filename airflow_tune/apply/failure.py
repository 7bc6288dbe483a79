"""What the system's refusals to write mean to the user."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from airflow_tune.errors import ApplyError

_BY_ENVIRONMENT = "set the values as environment variables AIRFLOW__SECTION__OPTION instead"
_FREE_SPACE = "free some space and run again"
_AS_OWNER = "run as the file's owner"
_MEANINGS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", _FREE_SPACE),
    errno.EDQUOT: ("the disk quota is used up", _FREE_SPACE),
    errno.EFBIG: ("the file would be larger than this process may write", "raise the limit (ulimit -f)"),
    errno.EROFS: ("it lies on a read-only mount", _BY_ENVIRONMENT),
    errno.EACCES: ("this user may not write there", f"{_AS_OWNER}, or {_BY_ENVIRONMENT}"),
    errno.EPERM: ("this user may not do that there", f"{_AS_OWNER}, or {_BY_ENVIRONMENT}"),
    errno.EBUSY: (
        "the file is a mount of its own, which cannot be replaced from inside",
        f"change it where it is mounted from, or {_BY_ENVIRONMENT}",
    ),
    errno.EISDIR: ("it is a directory", "name the file itself"),
    errno.ENOENT: ("it does not exist", "name an existing airflow.cfg"),
    errno.ENOTDIR: ("it does not exist", "name an existing airflow.cfg"),
    errno.ELOOP: ("its symbolic links lead in a circle", "name the file itself"),
}


@contextmanager
def told(path: Path, doing: str) -> Iterator[None]:
    """Turn an OSError of the body into an ApplyError on `path`; `doing` reads "could not …"."""
    try:
        yield
    except OSError as error:
        raise meaning(error, path, doing) from error


def meaning(error: OSError, path: Path, doing: str) -> ApplyError:
    """Return the ApplyError that says what `error` means to somebody who wants to change `path`."""
    unknown = (error.strerror or str(error), "see that the file and its directory can be written")
    why, remedy = _MEANINGS.get(error.errno or 0, unknown)
    return ApplyError(f"{doing}: {why}", where=str(path), remedy=remedy)
