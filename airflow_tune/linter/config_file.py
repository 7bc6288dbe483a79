"""Where a file's configuration stands: the nearest airflow-tune.toml or pyproject.toml upwards."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_tune.errors import UsageError
from airflow_tune.lint.catalog import Catalog
from airflow_tune.linter.config import Config, read_table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OWN = "airflow-tune.toml"
SHARED = "pyproject.toml"


@dataclass(slots=True)
class Configs:
    """The configurations of folders, each read once; `fixed` is the one of all files where it was named."""

    catalog: Catalog
    fixed: Config | None = None
    known: dict[Path, Config] = field(default_factory=dict)

    def of_folder(self, folder: Path) -> Config:
        """Return the configuration for the files of an absolute folder; an empty one where there is none."""
        if self.fixed is not None:
            return self.fixed
        if folder not in self.known:
            found = config_in(folder, self.catalog)
            if found is None:
                found = Config() if folder.parent == folder else self.of_folder(folder.parent)
            self.known[folder] = found
        return self.known[folder]

    def used(self) -> list[Config]:
        """Return every configuration that was found, once."""
        if self.fixed is not None:
            return [self.fixed]
        return list({one.file: one for one in self.known.values()}.values())


def config_in(folder: Path, catalog: Catalog) -> Config | None:
    """Return the configuration that stands in a folder, None where none does."""
    for name in (OWN, SHARED):
        path = folder / name
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if name == OWN or b"airflow-tune" in data:
            found = parsed(data, path, catalog)
            if found is not None:
                return found
    return None


def named_config(path: Path, catalog: Catalog) -> Config:
    """Return the configuration of a file that was named; raises UsageError where it cannot be opened."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the configuration could not be read: {error.strerror}",
            where=str(path),
            remedy="name an airflow-tune.toml or pyproject.toml",
        ) from error
    return parsed(data, path.absolute(), catalog) or Config(path.absolute())


def parsed(data: bytes, path: Path, catalog: Catalog) -> Config | None:
    """Return the configuration of a file's content, None where it holds no table of ours."""
    try:
        document: Any = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        remedy = "mend it, or lint without it: --isolated"
        problem = UsageError(f"it is not readable as TOML: {error}", where=str(path), remedy=remedy)
        return Config(path, problems=(problem,))
    if path.name == SHARED:
        document = document.get("tool", {}).get("airflow-tune", {})
    table = document.get("lint") if isinstance(document, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        problem = UsageError('"lint": expected a table', where=str(path), remedy="write [lint] and its keys")
        return Config(path, problems=(problem,))
    return read_table(table, path, catalog)
