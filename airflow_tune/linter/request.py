"""What one run of lint is asked for, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from airflow_tune.dags.ignore import Syntax
from airflow_tune.errors import TuneError
from airflow_tune.lint.catalog import Catalog
from airflow_tune.lint.project import Knowledge
from airflow_tune.lint.violation import Violation
from airflow_tune.linter.cache import Cache
from airflow_tune.linter.config_file import Configs
from airflow_tune.linter.watch import Watch


@dataclass(frozen=True, slots=True)
class Chosen:
    """The codes that flags name; they count more than a configuration's."""

    select: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """What is to be linted, and by what.

    `overlay` holds contents by absolute path that stand in for those on the disk; `only` the real paths of
    the files that findings are wanted of, None for all.
    """

    paths: Sequence[Path]
    catalog: Catalog
    configs: Configs
    knowledge: Knowledge
    chosen: Chosen = field(default_factory=Chosen)
    syntax: Syntax = Syntax.GUESS
    overlay: Mapping[Path, bytes] = field(default_factory=dict)
    only: frozenset[str] | None = None
    cache: Cache | None = None
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found: findings in order of files and lines, the files that were linted, and notes.

    `watch` is all that was looked at, None where the outcome hangs on more or may have changed meanwhile.
    """

    findings: tuple[Violation, ...]
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    problems: tuple[TuneError, ...]
    watch: Watch | None = None
