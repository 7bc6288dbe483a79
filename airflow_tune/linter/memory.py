"""Whole runs: what one found is found again, by a look at each path, while nothing that it looked at changed.

Kept are runs over folders by flags and files alone: those that read a history, a database or stdin, or report
on a part only, are not.
"""

from __future__ import annotations

import os.path
import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from airflow_tune.dags.ignore import NAME
from airflow_tune.dags.project import Project
from airflow_tune.lint.violation import Violation
from airflow_tune.linter.cache import Cache
from airflow_tune.linter.config_file import OWN, SHARED
from airflow_tune.linter.digest import digest
from airflow_tune.linter.kept import dumped, loaded
from airflow_tune.linter.plain import plain
from airflow_tune.linter.request import Outcome, Request
from airflow_tune.linter.watch import Unsettled, Watch, Watcher

ABOVE = (OWN, SHARED, "__init__.py", NAME)
"""What is looked for in every folder above a path: configurations, packages, and what Airflow ignores."""


def memory_of(request: Request) -> Memory | None:
    """Return what remembers runs like this one, None where it hangs on more than files and flags."""
    known = request.knowledge
    sources = (known.version, known.pools, known.settings, known.history)
    whole = not request.overlay and request.only is None and any(path.is_dir() for path in request.paths)
    if request.cache is None or not whole or any(one is not None for one in sources):
        return None
    return Memory(request, request.cache)


@dataclass(slots=True)
class Memory:
    """The file in the folder of the cache that one kind of run is kept in."""

    request: Request
    cache: Cache

    def file(self) -> Path:
        """Return the file: it is named by all that a run hangs on beside what it looks at."""
        asked, fixed = self.request, self.request.configs.fixed
        parts = (
            self.cache.generation,
            str(Path.cwd()),
            *map(str, asked.paths),
            repr(asked.chosen),
            asked.syntax.value,
            "" if fixed is None else f"fixed: {fixed.file}",
        )
        name = digest("\0".join(parts).encode("utf-8", "surrogateescape")).hex()
        return self.cache.folder / f"run-{name}"

    def recalled(self) -> Outcome | None:
        """Return what was found, None where that is not known or may have changed."""
        try:
            now, stamps, absent, folders, files, notes, data = plain(self.file().read_bytes())
            watch = Watch(stamps, absent)
            if now != self.now() or not watch.holds():
                return None
            findings = loaded(data)
            for folder in folders:
                self.request.configs.of_folder(Path(folder))
        except Exception:  # noqa: BLE001 - whatever is wrong with it, the run is done again
            return None
        if not isinstance(findings, tuple) or not all(isinstance(one, Violation) for one in findings):
            return None
        return Outcome(findings, tuple(map(Path, files)), notes, (), watch)

    def now(self) -> str:
        """Return the time that findings hang on; in the file's name it would add a file each day."""
        return self.request.knowledge.now.isoformat()

    def keep(self, outcome: Outcome, folders: Sequence[Path]) -> Watch | None:
        """Keep what a run found that is just over; return what it looked at.

        None where that is not certain, as something changed too short a time ago: then nothing is kept.
        """
        if outcome.problems:
            return None
        with suppress(Unsettled, OSError):
            watch = self.watch(outcome, folders)
            data = dumped(outcome.findings)
            if loaded(data) is not None:
                files = tuple(map(str, outcome.files))
                known = (watch.stamps, watch.absent, self.configured(), files, outcome.notes, data)
                self.cache.write(self.file(), pickle.dumps((self.now(), *known), protocol=4))
                return watch
        return None

    def configured(self) -> tuple[str, ...]:
        """Return the first folder of each configuration that was used, in the order of their use."""
        found: dict[Path | None, str] = {}
        for folder, config in self.request.configs.known.items():
            found.setdefault(config.file, str(folder))
        return tuple(found.values())

    def watch(self, outcome: Outcome, folders: Sequence[Path]) -> Watch:
        """Return all that the run looked at; raises Unsettled where that is not certain."""
        watcher = Watcher(self.cache.began_ns)
        for folder in folders:
            watcher.folder(str(folder.absolute()))
        for above in outer(self.request.paths):
            for name in ABOVE:
                watcher.either(os.path.join(above, name))  # noqa: PTH118 - text, as all paths here
        for path in self.read(outcome, folders):
            watcher.either(path)
        for root, shard in self.cache.shards.items():
            project = Project(root)
            for key, state in shard.states.items():
                watcher.first(project.possible(key), state.partition("\0")[0] or None)
        return watcher.watch()

    def read(self, outcome: Outcome, folders: Sequence[Path]) -> Iterator[str]:
        """Yield the files that were read as they are: DAG files and configurations."""
        yield from map(str, outcome.files)
        for folder in folders:
            yield from (str(folder.absolute() / name) for name in (OWN, SHARED, NAME))
        fixed = self.request.configs.fixed
        if fixed is not None and fixed.file is not None:
            yield str(fixed.file)


def outer(paths: Iterable[Path]) -> dict[str, None]:
    """Return the folders above paths, each once."""
    return {str(folder): None for path in paths for folder in path.absolute().parents}
