"""Which Airflow is installed, read from package metadata; nothing is imported or run."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

# From 3.0 on apache-airflow is a shell around apache-airflow-core, which decides.
_PACKAGES = ("apache-airflow-core", "apache-airflow")


class Installed(NamedTuple):
    """A version of Airflow and the environment it was found in."""

    version: str
    where: str


def installed_here() -> Installed | None:
    """Return the Airflow of the environment that this program runs in."""
    return _among(None, "installed beside airflow-tune")


def installed_with(python: Path) -> Installed | None:
    """Return the Airflow of the environment that the interpreter `python` belongs to."""
    return _of_program(python)


def installed_on_path(env: Mapping[str, str]) -> Installed | None:
    """Return the Airflow whose `airflow` command is found first on the PATH of `env`."""
    command = shutil.which("airflow", path=env.get("PATH", ""))
    return _of_program(Path(command)) if command else None


def _of_program(program: Path) -> Installed | None:
    """Look beside the program, then where it links to: pipx and others link commands from elsewhere."""
    for path in (program, program.resolve()):
        folders = [str(folder) for folder in _package_folders(path.parent.parent)]
        found = _among(folders, str(path)) if folders else None
        if found:
            return found
    return None


def _package_folders(prefix: Path) -> Iterator[Path]:
    for pattern in (
        "lib/python3*/site-packages",
        "lib64/python3*/site-packages",
        "lib/python3*/dist-packages",
    ):
        yield from sorted(prefix.glob(pattern))


def _among(folders: list[str] | None, where: str) -> Installed | None:
    from importlib import metadata  # noqa: PLC0415 -- costs more than the rest of this module

    for package in _PACKAGES:
        for distribution in metadata.distributions(
            name=package, path=sys.path if folders is None else folders
        ):
            return Installed(distribution.version, f"{package} {distribution.version}, {where}")
    return None
