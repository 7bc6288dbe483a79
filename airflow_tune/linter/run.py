"""One run of lint: files in, findings out, less what a configuration, comments or a baseline leave out."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from airflow_tune.dags.folder import listing
from airflow_tune.dags.garbage import uncollected
from airflow_tune.lint.check import Examined, check_project
from airflow_tune.lint.options import Options
from airflow_tune.lint.project import ProjectRule, unjudged
from airflow_tune.lint.selection import Selection, fits, overridden, where
from airflow_tune.lint.violation import Violation
from airflow_tune.linter.cache import Cache
from airflow_tune.linter.config import Config
from airflow_tune.linter.memory import memory_of
from airflow_tune.linter.reading import Reader
from airflow_tune.linter.request import Outcome, Request
from airflow_tune.linter.work import Task, judged

NO_DAGS = "there are no DAGs: no file was found that holds the words airflow and dag"


def run(request: Request) -> Outcome:
    """Return what lint finds; what cannot be read is a finding, what could not be judged a note.

    Raises UsageError for a path that does not exist.
    """
    memory = memory_of(request)
    with uncollected():
        known = memory.recalled() if memory is not None else None
        if known is not None:
            return known
        this = Run(request)
        outcome = this.outcome()
        return outcome if memory is None else replace(outcome, watch=memory.keep(outcome, this.folders))


@dataclass(slots=True)
class Run:
    """The steps of one run; `touched` are the files of which something that they read is among `only`.

    `folders` are those that were walked.
    """

    request: Request
    selections: dict[Path | None, Selection] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    folders: list[Path] = field(default_factory=list)

    def outcome(self) -> Outcome:
        """Return the result."""
        files, notes = self.files()
        examined = self.examined(files)
        knowledge = replace(self.request.knowledge, options=self.config_of(self.first_folder()).options)
        found = check_project(examined, knowledge, self.request.catalog.project)
        kept = self.kept(found)
        silent = unjudged(knowledge, self.wanted_project_rules()) if examined else NO_DAGS
        told = (*notes, *(note for one in examined for note in one.notes), *([silent] if silent else ()))
        problems = tuple(one for config in self.request.configs.used() for one in config.problems)
        return Outcome(tuple(kept), tuple(files), told, problems)

    def kept(self, found: Sequence[Violation]) -> list[Violation]:
        """Return the findings that were asked for, each as severe as was asked for."""
        only = self.request.only
        return [
            one
            for each in found
            if only is None or where(each) in self.touched or os.path.realpath(where(each)) in only
            for one in self.selection_of(each).keep([each])
        ]

    def files(self) -> tuple[list[Path], list[str]]:
        """Return the absolute files to read, and what was left out."""
        found = listing(self.request.paths, self.request.syntax)
        self.folders = found.folders
        named = {str(path) for path in self.request.paths}
        here = Path.cwd()
        files: dict[Path, None] = {}
        # In order, as the first configuration that names a baseline counts.
        around = dict.fromkeys(one.parent for one in found.files)
        excluding = any(self.config_of(here / folder).exclude for folder in around)
        for path in found.files:
            # What listing yields is whole or begins here; links are not followed.
            plain = path.is_absolute() and ".." not in str(path)
            whole = path if plain else normal(here / path)
            if not excluding or str(path) in named or not self.excluded(whole):
                files[whole] = None
        return list(dict.fromkeys([*files, *self.request.overlay])), found.notes

    def excluded(self, path: Path) -> bool:
        """Return whether a configuration leaves a file out."""
        config = self.config_of(path.parent)
        folder = str(config.file.parent) if config.file else ""
        return bool(config.exclude) and any(fits(str(path), pattern, folder) for pattern in config.exclude)

    def examined(self, files: Sequence[Path]) -> list[Examined]:
        """Return what the rules on single files find in each, found now or kept from an earlier run."""
        reader = Reader(self.request.catalog.files)
        results = {
            path: reader.examined(path, self.options(path.parent), data)
            for path, data in self.request.overlay.items()
        }
        left = [path for path in files if path not in results]
        cache = self.request.cache
        if cache is not None:
            left = [path for path in left if not self.recalled(cache, path, reader, results)]
        for done in judged(left, Task(self.request.catalog.files, self.options), self.request.jobs):
            results[done.path] = done.result
            self.note(done.path, done.reads, reader)
            if cache is not None:
                cache.put(done, self.options(done.path.parent), reader.project_of(done.path))
        if cache is not None:
            cache.save()
        return [one for path in files if (one := results[path]) is not None]

    def recalled(
        self, cache: Cache, path: Path, reader: Reader, results: dict[Path, Examined | None]
    ) -> bool:
        """Return whether a file's result was kept, and add it to the results."""
        project = reader.project_of(path)
        content = cache.content(path, project)
        if not content:
            return False
        known, result = cache.get(path, content, self.options(path.parent), project)
        if known:
            results[path] = result
            self.note(path, cache.reads(path, project), reader)
        return known

    def note(self, path: Path, reads: Iterable[str], reader: Reader) -> None:
        """Note a file that is to be reported on because a helper or data file that it reads has changed."""
        only = self.request.only
        if only is not None:
            places = map(reader.project_of(path).looked_at, reads)
            if any(place is not None and os.path.realpath(place) in only for place in places):
                self.touched.add(str(path))

    def options(self, folder: Path) -> Options:
        """Return the options of rules for the files of a folder."""
        return self.config_of(folder).options

    def config_of(self, folder: Path) -> Config:
        """Return the configuration for the files of a folder."""
        return self.request.configs.of_folder(folder)

    def first_folder(self) -> Path:
        """Return the folder whose configuration is that of the project."""
        path = next(iter(self.request.paths), Path()).absolute()
        return path if path.is_dir() else path.parent

    def selection_of(self, one: Violation) -> Selection:
        """Return the selection for the file of a finding."""
        return self.selection(self.config_of(Path(where(one)).parent))

    def selection(self, config: Config) -> Selection:
        """Return a configuration's selection with that of the flags over it."""
        if config.file not in self.selections:
            chosen = self.request.chosen
            self.selections[config.file] = overridden(
                config.selection, chosen.select, chosen.extend, chosen.ignore
            )
        return self.selections[config.file]

    def wanted_project_rules(self) -> list[ProjectRule]:
        """Return the project's rules that were asked for."""
        selection = self.selection(self.config_of(self.first_folder()))
        return [rule for rule in self.request.catalog.project if selection.wants(rule.code)]


def normal(path: Path) -> Path:
    """Return a path without `.` and `..`."""
    return Path(os.path.normpath(path))
