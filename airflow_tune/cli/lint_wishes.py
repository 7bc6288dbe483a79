"""What the flags of `lint` ask for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from airflow_tune.cli.flags import FailOn
from airflow_tune.cli.lint_flags import LintFormat
from airflow_tune.errors import UsageError

STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The flags of `lint` that say what to do with the files; see their help."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    extend: tuple[str, ...]
    ignore: tuple[str, ...]
    config: Path | None
    isolated: bool
    baseline: Path | None
    update_baseline: bool
    fix: bool
    unsafe_fixes: bool
    diff: bool
    changed_since: str | None
    stdin_filename: Path | None
    statistics: bool
    report_format: LintFormat
    output: Path | None
    fail_on: FailOn
    pools: Path | None
    no_cache: bool
    cache_dir: Path | None
    jobs: int | None

    def check(self) -> None:
        """Raise UsageError for flags that do not go together."""
        if not self.paths:
            raise UsageError(
                "there is nothing to lint", remedy="name DAG files or folders: airflow-tune lint dags/"
            )
        if STDIN in self.paths:
            self._check_stdin()
        if self.unsafe_fixes and not (self.fix or self.diff):
            raise UsageError("there is nothing to fix", where="--unsafe-fixes", remedy="add --fix or --diff")

    def _check_stdin(self) -> None:
        """Raise UsageError for what does not go together with stdin."""
        if len(self.paths) > 1:
            raise UsageError(
                "stdin is linted alone, not among other paths",
                where="-",
                remedy="lint - and the files in two runs",
            )
        for flag, asked in (("--fix", self.fix), ("--update-baseline", self.update_baseline)):
            if asked:
                raise UsageError(
                    f"{flag} goes with files, and stdin is none",
                    where="-",
                    remedy="name the file, or show the change with --diff"
                    if flag == "--fix"
                    else "name the files or folders that the baseline is of",
                )
