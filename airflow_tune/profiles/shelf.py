"""Where the profiles that ship stand: beside the package's code, or in the checkout that it runs from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

BASE = "base"

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def shelf() -> Path:
    """Return the directory of the profiles: `_profiles` of an installed wheel, else the checkout's own."""
    shipped = _PACKAGE / "_profiles"
    return shipped if shipped.is_dir() else _PACKAGE.parent / "profiles"


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles that ship, in order; `base`, which all extend, is none to choose."""
    return tuple(sorted(file.stem for file in shelf().glob("*.yaml") if file.stem != BASE))
