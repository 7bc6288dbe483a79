"""What the same command line printed before, word for word, while nothing that it hung on has changed.

Asked before anything else is loaded: what this module imports is most of what such a run takes, so it knows
paths as text and neither typing nor dataclasses.
"""

# ruff: noqa: PTH118, PTH123 - pathlib takes longer to load than the answer

from __future__ import annotations

import os.path
import sys
import time

from airflow_tune.linter.digest import digest
from airflow_tune.linter.place import default_place
from airflow_tune.linter.plain import plain
from airflow_tune.linter.stamp import unchanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

CACHE_DIR = "--cache-dir"
SHOWN = frozenset({"COLUMNS", "NO_COLOR", "TERM", "HOME", "XDG_CACHE_HOME", "LANG", "LANGUAGE"})
"""What of the environment lint goes by, beside all that begins with one of `PREFIXES`."""
PREFIXES = ("LC_", "PYTHON")


def answered(arguments: Sequence[str]) -> int | None:
    """Print what `arguments` printed before; return the exit code, None where that is not known.

    Where the output cannot be written None is returned too: the whole run then meets the same, and says so.
    """
    known = recalled(arguments)
    if known is None or sys.stdout is None or sys.stderr is None:
        return None
    out, err, code = known
    try:
        for stream, text in ((sys.stdout, out), (sys.stderr, err)):
            stream.write(text)
            stream.flush()
    except OSError:
        return None
    return code


def recalled(arguments: Sequence[str]) -> tuple[str, str, int] | None:
    """Return what was printed to stdout and stderr, and the exit code; None where it may be another today."""
    try:
        with open(file(arguments), "rb") as kept:
            day, stamps, absent, out, err, code = plain(kept.read())
        if day != today() or not unchanged(stamps, absent):
            return None
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the run is done again
        return None
    whole = isinstance(out, str) and isinstance(err, str) and isinstance(code, int)
    return (out, err, code) if whole else None


def file(arguments: Sequence[str]) -> str:
    """Return the file of an answer, named by all but files that it hangs on; raises OSError without a cwd."""
    shown = sorted(one for one in os.environ.items() if one[0] in SHOWN or one[0].startswith(PREFIXES))
    asked = (sys.version, sys.path, os.getcwd(), screen(), [*arguments], shown)  # noqa: PTH109
    return os.path.join(folder(arguments), f"answer-{digest(ascii(asked).encode()).hex()}")


def screen() -> tuple[object, ...]:
    """Return what of stdout the output hangs on."""
    out = sys.stdout
    columns = os.get_terminal_size(out.fileno()).columns if out.isatty() else 0
    return out.encoding, out.errors, columns


def folder(arguments: Sequence[str]) -> str:
    """Return the folder of the cache that arguments name."""
    for number, word in enumerate(arguments):
        if word == CACHE_DIR:
            return "".join(arguments[number + 1 : number + 2])
        if word.startswith(f"{CACHE_DIR}="):
            return word.partition("=")[2]
    return default_place()


def today() -> str:
    """Return the day (UTC), which findings on dates hang on."""
    return time.strftime("%Y-%m-%d", time.gmtime())
