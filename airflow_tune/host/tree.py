"""The kernel's files under a root: the live `/`, or a recorded tree that is read just the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from airflow_tune.origins import Origin, OriginKind


class KernelFile(NamedTuple):
    """What a file holds: None where there is no such file, or with `trouble` where reading it failed."""

    path: str
    content: str | None
    trouble: str = ""

    def origin(self, line: int | None = None) -> Origin:
        """Return the file as the kernel of the tree names it, without the root of a recorded tree."""
        return Origin(OriginKind.HOST, self.path, line)


@dataclass(frozen=True, slots=True)
class KernelTree:
    """Files by their absolute path as the kernel knows them, read under `root`."""

    root: Path

    def read(self, path: str) -> KernelFile:
        """Return the file at the absolute `path`; never raises."""
        try:
            content = self._under_root(path).read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            return KernelFile(path, None)
        except OSError as error:
            return KernelFile(path, None, error.strerror or type(error).__name__)
        return KernelFile(path, content)

    def has_directory(self, path: str) -> bool:
        """Return whether the absolute `path` is a directory that can be looked into."""
        return self._under_root(path).is_dir()

    def _under_root(self, path: str) -> Path:
        return self.root / path.lstrip("/")
