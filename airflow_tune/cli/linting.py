"""What `lint` does once its flags are read: lint, mend or show how, compare with a baseline, report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

from airflow_tune.cli.flags import FailOn
from airflow_tune.cli.lint_output import WITHOUT_NOTES, rendered
from airflow_tune.cli.lint_wishes import STDIN, Wishes
from airflow_tune.cli.output import emit, say
from airflow_tune.dags.ignore import Syntax
from airflow_tune.errors import UsageError
from airflow_tune.findings import Severity
from airflow_tune.installation.sources import Sources
from airflow_tune.lint.baseline import Compared, compare, updated
from airflow_tune.lint.catalog import BUILT_IN
from airflow_tune.lint.project import Knowledge
from airflow_tune.lint.violation import Violation
from airflow_tune.linter.answering import keep_answer
from airflow_tune.linter.baseline_file import known_of, named_from, read_baseline, write_baseline
from airflow_tune.linter.cache import Cache, default_folder, generation
from airflow_tune.linter.changed import changed_since
from airflow_tune.linter.config import Config
from airflow_tune.linter.config_file import Configs, named_config
from airflow_tune.linter.fix import Fixed, Fixer
from airflow_tune.linter.plugins import Added, with_plugins
from airflow_tune.linter.request import Chosen, Outcome, Request
from airflow_tune.linter.ruff import looked_at, ruff_note
from airflow_tune.linter.run import Run, run
from airflow_tune.linter.work import cores

UNUSABLE = 2


def lint_files(wishes: Wishes, sources: Sources) -> int:
    """Lint as wished, report, and return the exit code."""
    wishes.check()
    added = with_plugins(BUILT_IN)
    request = _request(wishes, sources, added)
    session = Session(wishes, request)
    outcome = run(request)
    if wishes.diff:
        return session.show_diff(outcome)
    if wishes.fix:
        outcome = session.mend(outcome)
    if wishes.update_baseline:
        return session.update_baseline(outcome)
    return session.report(outcome, added)


def _request(wishes: Wishes, sources: Sources, added: Added) -> Request:
    catalog = added.catalog
    fixed = named_config(wishes.config, catalog) if wishes.config else Config() if wishes.isolated else None
    known = _knowledge(sources, wishes.pools)
    chosen = Chosen(
        catalog.codes(wishes.select, "--select"),
        catalog.codes(wishes.extend, "--extend-select"),
        catalog.codes(wishes.ignore, "--ignore"),
    )
    overlay = {}
    paths = wishes.paths
    if STDIN in paths:
        overlay[(wishes.stdin_filename or Path("stdin.py")).absolute()] = sys.stdin.buffer.read()
        paths = ()
    only = None
    if wishes.changed_since is not None:
        first = next(iter(paths), Path())
        only = frozenset(changed_since(wishes.changed_since, first if first.is_dir() else first.parent))
    return Request(
        paths,
        catalog,
        Configs(catalog, fixed),
        known,
        chosen,
        _syntax(known),
        overlay,
        only,
        _cache(wishes, added),
        wishes.jobs or cores(),
    )


def _knowledge(sources: Sources, pools: Path | None) -> Knowledge:
    """Return what flags name beside the files; without any, what reads them is not even loaded."""
    named = (sources.cfg, sources.db, sources.api, sources.snapshot, sources.airflow_version, pools)
    if all(one is None for one in named):
        # The day will do: what was found is found again for as long.
        return Knowledge(datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0))
    from airflow_tune.cli.knowledge import knowledge

    return knowledge(sources, pools)


def _cache(wishes: Wishes, added: Added) -> Cache | None:
    if wishes.no_cache:
        return None
    return Cache(wishes.cache_dir or default_folder(), generation(added.distributions))


def _syntax(known: Knowledge) -> Syntax:
    """Return how `.airflowignore` is meant: as the settings say, else as the version has it by default."""
    said = known.settings.text("core", "dag_ignore_file_syntax") if known.settings else None
    if said in {Syntax.GLOB.value, Syntax.REGEXP.value}:
        return Syntax(said)
    if known.version is None:
        return Syntax.GUESS
    return Syntax.GLOB if known.version.ignores_files_by_globs else Syntax.REGEXP


@dataclass(frozen=True, slots=True)
class Session:
    """One run of `lint`: what was wished, and what that asks of the linter."""

    wishes: Wishes
    request: Request

    def baseline_path(self) -> Path | None:
        """Return the baseline of the flag, else of the configuration."""
        if self.wishes.baseline is not None:
            return self.wishes.baseline
        return next((one.baseline for one in self.request.configs.used() if one.baseline), None)

    def compared(self, found: Sequence[Violation], files: Sequence[Path]) -> Compared:
        """Return findings compared with the baseline, if there is one."""
        path = self.baseline_path()
        if path is None:
            return Compared(tuple(found), 0, ())
        linted = {named_from(str(path.absolute().parent), str(file)) for file in files}
        return compare(known_of(found, path), read_baseline(path), linted)

    def fixes(self, outcome: Outcome) -> list[Fixed]:
        """Return the files that fixes change."""

        def keep(found: Sequence[Violation]) -> Sequence[Violation]:
            return self.compared(Run(self.request).kept(found), ()).new

        fixer = Fixer(self.request, keep, self.wishes.unsafe_fixes)
        return list(fixer.fixed(self.compared(outcome.findings, ()).new))

    def show_diff(self, outcome: Outcome) -> int:
        """Print what fixes would change; return 1 where that is something."""
        from airflow_tune.apply.diff import unified_diff

        changes = self.fixes(outcome)
        emit("".join(unified_diff(one.before, one.after, one.path) for one in changes), self.wishes.output)
        told = f"{_count(changes)} would change {len(changes)} files"
        say(told if changes else "no fix would change anything")
        return int(bool(changes))

    def mend(self, outcome: Outcome) -> Outcome:
        """Write fixes, and return what is found afterwards."""
        changes = self.fixes(outcome)
        for one in changes:
            one.write()
        say(f"{_count(changes)} applied to {len(changes)} files" if changes else "no fix to apply")
        if not changes:
            return outcome
        cache = self.request.cache
        return run(replace(self.request, cache=cache.anew() if cache else None))

    def update_baseline(self, outcome: Outcome) -> int:
        """Write the present findings to the baseline."""
        path = self.baseline_path()
        if path is None:
            raise UsageError("no baseline is named", where="--update-baseline", remedy="add --baseline FILE")
        folder = str(path.absolute().parent)
        linted = {named_from(folder, str(file)) for file in outcome.files}
        found = [known for _, known in known_of(outcome.findings, path)]
        write_baseline(path, updated(found, read_baseline(path) if path.exists() else (), linted))
        say(f"{path} holds {len(found)} findings of {len(linted)} files")
        return self.problems(outcome)

    def report(self, outcome: Outcome, added: Added) -> int:
        """Print the findings; return the exit code."""
        from airflow_tune.report.lint import Linted

        compared = self.compared(outcome.findings, outcome.files)
        told = [*added.notes, *outcome.notes]
        ruff = ruff_note(Path.cwd())
        linted = Linted(
            compared.new, len(outcome.files), [*told, ruff] if ruff else told, str(Path.cwd()),
            compared.known, len(compared.gone),
        )  # fmt: skip
        text = rendered(linted, self.wishes, self.request.catalog.rules)
        emit(text, self.wishes.output)
        notes = linted.notes if self.wishes.report_format in WITHOUT_NOTES else ()
        for note in notes:
            say(f"note: {note}")
        code = self.problems(outcome) or self.fails(compared.new)
        # A rule of others may hang on anything.
        if not (added.distributions or self.wishes.output or self.wishes.fix):
            self.keep(outcome, text, "".join(f"note: {note}\n" for note in notes), code)
        return code

    def keep(self, outcome: Outcome, out: str, err: str, code: int) -> None:
        """Keep what was printed."""
        baseline = self.baseline_path()
        looked = [*looked_at(Path.cwd()), *([baseline] if baseline else ())]
        whole = out if out.endswith("\n") else f"{out}\n"
        keep_answer(sys.argv[1:], self.request, outcome, (whole, err, code), looked)

    def problems(self, outcome: Outcome) -> int:
        """Tell what of the configuration could not be used; return the exit code for that."""
        for problem in outcome.problems:
            say(f"error: {problem}")
        return UNUSABLE if outcome.problems else 0

    def fails(self, findings: Sequence[Violation]) -> int:
        """Return 1 where a finding is as severe as the flag says."""
        if self.wishes.fail_on is FailOn.NEVER:
            return 0
        least = Severity(self.wishes.fail_on.value).rank
        return int(any(one.severity.rank >= least for one in findings))


def _count(changes: Sequence[Fixed]) -> str:
    total = sum(one.count for one in changes)
    return f"{total} fix" if total == 1 else f"{total} fixes"
