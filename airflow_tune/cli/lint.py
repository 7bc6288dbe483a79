"""`airflow-tune lint`: what in DAG files costs time, memory or reliability."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from airflow_tune.cli import flags
from airflow_tune.cli import lint_flags as own
from airflow_tune.cli.output import emit, look


def lint(
    paths: own.Paths = None,
    *,
    select: own.Select = None,
    extend_select: own.Extend = None,
    ignore: own.Ignore = None,
    config: own.ConfigFile = None,
    isolated: own.Isolated = False,
    baseline: own.Baseline = None,
    update_baseline: own.UpdateBaseline = False,
    fix: own.FixFlag = False,
    unsafe_fixes: own.UnsafeFixes = False,
    diff: own.Diff = False,
    changed_since: own.ChangedSince = None,
    stdin_filename: own.StdinFilename = None,
    explain: own.Explain = None,
    statistics: own.Statistics = False,
    no_cache: own.NoCache = False,
    cache_dir: own.CacheDir = None,
    jobs: own.Jobs = None,
    cfg: flags.Cfg = None,
    db: flags.Db = None,
    api: flags.Api = None,
    api_page_limit: flags.ApiPageLimit = flags.API_PAGE_LIMIT,
    since: flags.Since = None,
    snapshot: flags.Snapshot = None,
    pools: own.Pools = None,
    airflow_version: flags.AirflowVersionFlag = None,
    report_format: Annotated[
        own.LintFormat, typer.Option("--format", help="How to print.")
    ] = own.LintFormat.TEXT,
    output: flags.Output = None,
    fail_on: Annotated[
        flags.FailOn,
        typer.Option("--fail-on", help="Exit with 1 from this severity on."),
    ] = flags.FailOn.WARN,
) -> None:
    """Say what in DAG files costs time, memory or reliability; no file is imported or executed.

    Example: airflow-tune lint dags/ --ignore AFT210
    """
    if explain is not None:
        _explain(explain, output, as_json=report_format is own.LintFormat.JSON)
        return
    from airflow_tune.cli.api import access
    from airflow_tune.cli.lint_wishes import Wishes
    from airflow_tune.cli.linting import lint_files
    from airflow_tune.installation.sources import Sources

    wishes = Wishes(
        paths=tuple(paths or ()), select=tuple(select or ()), extend=tuple(extend_select or ()),
        ignore=tuple(ignore or ()), config=config, isolated=isolated, baseline=baseline,
        update_baseline=update_baseline, fix=fix, unsafe_fixes=unsafe_fixes, diff=diff,
        changed_since=changed_since, stdin_filename=stdin_filename, statistics=statistics,
        report_format=report_format, output=output, fail_on=fail_on, pools=pools,
        no_cache=no_cache, cache_dir=cache_dir, jobs=jobs,
    )  # fmt: skip
    sources = Sources(
        cfg=cfg, db=db, api=access(api, api_page_limit), since=since, snapshot=snapshot,
        airflow_version=airflow_version,
    )  # fmt: skip
    code = lint_files(wishes, sources)
    if code:
        raise typer.Exit(code)


def _explain(code: str, output: Path | None, *, as_json: bool) -> None:
    from airflow_tune.lint.catalog import BUILT_IN
    from airflow_tune.linter.plugins import with_plugins
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.rule import rule_json, rule_text

    rule, page = with_plugins(BUILT_IN).catalog.rule(code), look(output)
    emit(dump(rule_json(rule)) if as_json else rule_text(rule, width=page.width, colour=page.colour), output)
