"""Results of earlier runs, kept by content: of the file itself, and of all that its reading looked at.

One file holds the results below one import root. It is replaced whole, so that runs at the same time
disturb each other in nothing but what they remember; what cannot be read or is no longer true is a miss.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from airflow_tune import __version__
from airflow_tune.dags.project import Project
from airflow_tune.lint.check import Examined
from airflow_tune.lint.options import Options
from airflow_tune.linter.digest import digest
from airflow_tune.linter.kept import dumped, loaded
from airflow_tune.linter.place import default_place
from airflow_tune.linter.plain import plain
from airflow_tune.linter.prune import prune, used
from airflow_tune.linter.stamp import SETTLED_NS, Stamp, stamp_of
from airflow_tune.linter.work import Done

PACKAGE = Path(__file__).parent.parent
PARSERS = ("sqlglot", "PyYAML")
"""Distributions that read a part of what is linted: another version of one may find other things."""


class Entry(NamedTuple):
    """One kept result: digests of the file and of the rules' options, what else was looked at, the result."""

    content: bytes
    options: bytes
    reads: tuple[str, ...]
    result: bytes


@dataclass(slots=True)
class Shard:
    """The results below one import root, and the state of all that was looked at for them.

    `contents` are digests of files by path, each with the stamp of the file that had it.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    contents: dict[str, tuple[Stamp, bytes]] = field(default_factory=dict)
    began_ns: int = field(default_factory=time.time_ns)
    changed: bool = False

    def content(self, path: str) -> bytes:
        """Return the digest of a file, read only where its stamp is new; empty where it cannot be read."""
        try:
            stamp = stamp_of(path)
            known = self.contents.get(path)
            if known is not None and known[0] == stamp:
                return known[1]
            found = digest(Path(path).read_bytes())
        except OSError:
            return b""
        self.keep(path, stamp, found)
        return found

    def keep(self, path: str, stamp: Stamp, content: bytes) -> None:
        """Keep the digest of a file that has not changed since well before this run."""
        if max(stamp[2:]) < self.began_ns - SETTLED_NS:
            self.contents[path] = stamp, content
            self.changed = True

    def renew(self, states: Mapping[str, str]) -> None:
        """Take states for the present ones, and drop the results for which others held."""
        other = {key for key, state in states.items() if self.states.get(key, state) != state}
        if other:
            kept = {path: one for path, one in self.entries.items() if other.isdisjoint(one.reads)}
            self.entries, self.changed = kept, True
        self.states.update(states)

    def plain(self) -> tuple[dict[str, str], dict[str, Sequence[object]], dict[str, Sequence[object]]]:
        """Return the shard as it is written: files that are gone, and what was looked at for them, go."""
        there = [path for path in self.entries if Path(path).is_file()]
        entries: dict[str, Sequence[object]] = {path: tuple(self.entries[path]) for path in there}
        used = {key for path in entries for key in self.entries[path].reads}
        states = {key: state for key, state in self.states.items() if key in used}
        needed = entries.keys() | {state.partition("\0")[0] for state in states.values()}
        return states, entries, {path: one for path, one in self.contents.items() if path in needed}


def default_folder() -> Path:
    """Return where results are kept: airflow-tune below XDG_CACHE_HOME, else below ~/.cache."""
    return Path(default_place())


def generation(plugins: tuple[str, ...]) -> str:
    """Return what names the rules and the reader as they are now: versions, parsers, plugins, its code."""
    code = [
        f"{path.name}:{stat.st_size}:{stat.st_mtime_ns}"
        for room in ("lint", "dags", "linter")
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for stat in [path.stat()]
    ]
    text = "\0".join([__version__, sys.version, *map(_release, PARSERS), *plugins, *code])
    return digest(text.encode()).hex()


def _release(name: str) -> str:
    """Return the name and version of a distribution; the name alone where it came without metadata."""
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


@dataclass(slots=True)
class Cache:
    """The results of one generation; `shards` holds those of each import root that was asked for."""

    folder: Path
    generation: str
    shards: dict[Path, Shard] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    began_ns: int = field(default_factory=time.time_ns)

    def anew(self) -> Cache:
        """Return the same cache for another run, which looks at files anew."""
        return Cache(self.folder, self.generation)

    def content(self, path: Path, project: Project) -> bytes:
        """Return the digest of a file's content, empty where it cannot be read."""
        return self.shard(project).content(str(path))

    def get(
        self, path: Path, content: bytes, options: Options, project: Project
    ) -> tuple[bool, Examined | None]:
        """Return whether the result for a file is known, and the result (None: a file without DAGs)."""
        entry = self.shard(project).entries.get(str(path))
        if entry is None or entry.content != content or entry.options != options_digest(options):
            return False, None
        if not entry.result:
            return True, None
        found = loaded(entry.result)
        return isinstance(found, Examined), found if isinstance(found, Examined) else None

    def reads(self, path: Path, project: Project) -> Sequence[str]:
        """Return what was looked at for a result that is known."""
        entry = self.shard(project).entries.get(str(path))
        return entry.reads if entry is not None else ()

    def put(self, done: Done, options: Options, project: Project) -> None:
        """Keep the result for a file of `project` that was just read."""
        if not done.content:
            return
        shard = self.shard(project)
        shard.renew({key: self.state(key, project) for key in done.reads})
        data = b"" if done.result is None else dumped(done.result)
        reads = tuple(done.reads)
        with suppress(OSError):
            shard.keep(str(done.path), stamp_of(str(done.path)), done.content)
        shard.entries[str(done.path)] = Entry(done.content, options_digest(options), reads, data)
        shard.changed = True

    def shard(self, project: Project) -> Shard:
        """Return the results below an import root that still hold."""
        if project.root not in self.shards:
            shard = self.shards[project.root] = self.read(project.root)
            shard.began_ns = self.began_ns
            shard.renew({key: self.state(key, project) for key in shard.states})
        return self.shards[project.root]

    def file(self, root: Path) -> Path:
        """Return the file that holds the results below an import root."""
        return self.folder / f"lint-{digest(f'{self.generation}{root}'.encode()).hex()}"

    def read(self, root: Path) -> Shard:
        """Return what is kept on the disk for an import root; nothing where that cannot be read."""
        try:
            states, entries, contents = plain(self.file(root).read_bytes())
            used(self.file(root))
            return Shard({path: Entry(*entry) for path, entry in entries.items()}, states, contents)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, the results are found again
            return Shard()

    def state(self, key: str, project: Project) -> str:
        """Return what is there now of what a reading looked at; looked up once in a run."""
        whole = f"{project.root}\0{key}"
        if whole not in self.states:
            path = project.looked_at(key)
            content = self.shards[project.root].content(path) if path is not None else b""
            self.states[whole] = f"{path}\0{content.hex()}" if content else ""
        return self.states[whole]

    def save(self) -> None:
        """Write what changed; a folder that cannot be written to only makes the next run slower."""
        for root, shard in self.shards.items():
            if shard.changed:
                with suppress(OSError):
                    self.write(self.file(root), pickle.dumps(shard.plain(), protocol=4))
        prune(self.folder)

    def write(self, path: Path, data: bytes) -> None:
        """Replace a file of the cache whole."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".lint-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def options_digest(options: Options) -> bytes:
    """Return what names the options of rules."""
    given: Mapping[str, Mapping[str, object]] = options.given
    if not given:
        return b""
    parts = [
        f"{code}.{name}={ordered(value)}" for code, each in given.items() for name, value in each.items()
    ]
    return digest("\0".join(sorted(parts)).encode())


def ordered(value: object) -> str:
    """Return a value as text that is the same in each run; sets have an order of their own in each."""
    return repr(sorted(value)) if isinstance(value, (set, frozenset)) else repr(value)
