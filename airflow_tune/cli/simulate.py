"""`airflow-tune simulate`: the past again, and what other settings would have made of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look, say
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from airflow_tune.simulate.change import Change, Scenario
    from airflow_tune.simulate.situation import Situation
    from airflow_tune.simulate.study import Study

SEEDS = 5


class SimulationFormat(str, Enum):
    """What `simulate` can print."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def simulate(
    *,
    db: flags.Db = None,
    api: flags.Api = None,
    api_page_limit: flags.ApiPageLimit = flags.API_PAGE_LIMIT,
    since: flags.Since = None,
    snapshot: flags.Snapshot = None,
    settings: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Option("--set", metavar="OPTION=VALUE", help="Change an option, e.g. core.parallelism=16."),
    ] = None,
    pool: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--pool", metavar="NAME=SLOTS", help="Change a pool, e.g. db_pool=8."),
    ] = None,
    workers: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--workers", metavar="N", help="Run on N Celery workers.", show_default=False),
    ] = None,
    load: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            "--load", metavar="TIMES", help="Run TIMES as many DAG runs, e.g. 1.25.", show_default=False
        ),
    ] = None,
    dag: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--dag", metavar="DAG=EDIT", help="Change a DAG: drop:A>B, parallel:A,B,C or every:30m."
        ),
    ] = None,
    sweep: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--sweep",
            metavar="OPTION=VALUES",
            help="One scenario per value: 4..64 (doubling), 4..64:4 (in steps) or 4,8,12.",
        ),
    ] = None,
    scenario: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--scenario", metavar="CHANGES", help='One more, e.g. "core.parallelism=16 pool:db=8".'),
    ] = None,
    seeds: Annotated[
        int, typer.Option("--seeds", metavar="N", help="Play each scenario N times.", min=1)
    ] = SEEDS,
    jobs: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--jobs",
            metavar="N",
            help="How many at a time.  [default: as many as help]",
            show_default=False,
            min=1,
        ),
    ] = None,
    dask: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--dask",
            metavar="ADDRESS",
            help="Play on a Dask cluster, e.g. tcp://host:8786.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Show scenarios although the model does not explain the past.")
    ] = False,
    airflow_home: flags.AirflowHome = None,
    cfg: flags.Cfg = None,
    deployment: flags.DeploymentFile = None,
    profile: flags.ProfileName = "batch-etl",
    airflow_version: flags.AirflowVersionFlag = None,
    cores: flags.Cores = None,
    memory: flags.Memory = None,
    allow_commands: flags.AllowCommands = False,
    report_format: Annotated[
        SimulationFormat, typer.Option("--format", help="How to print; html is one page with a chart.")
    ] = SimulationFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Replay the past through Airflow's scheduler, and play it again under other settings.

    Example: airflow-tune simulate --db cfg --set core.parallelism=16 --pool db_pool=8 --load 1.5
    """
    from airflow_tune.cli.api import access
    from airflow_tune.cli.past import check_sources, read
    from airflow_tune.installation.read import Sources, read_installation
    from airflow_tune.simulate.change import apply
    from airflow_tune.simulate.doubt import check_error, check_history, notes_on
    from airflow_tune.simulate.present import present
    from airflow_tune.simulate.risk import risks
    from airflow_tune.simulate.sweep import scenarios

    sources = Sources(
        airflow_home=airflow_home,
        cfg=cfg,
        db=db,
        api=access(api, api_page_limit),
        since=since,
        snapshot=snapshot,
        deployment=deployment,
        profile=profile,
        airflow_version=airflow_version,
        cores=cores,
        memory=memory,
        allow_commands=allow_commands,
    )
    check_sources(sources)
    asked = scenarios(_changes(settings, pool, dag, workers, load), sweep or [], scenario or [])
    installation = read_installation(sources)
    past = read(installation, sources)
    check_history(past.history, past.source)
    situation, calibration, guessed = present(installation, past)
    found = _play(situation, asked, seeds, jobs, dask)
    if asked and not force:
        check_error(found.error, situation, past.source)
    risky = [
        tuple(risks(installation, apply(situation, one.scenario), one.outcome))
        for one in (found.baseline, *found.scenarios)
    ]
    notes = (*guessed, *situation.workload().notes, *notes_on(past.history))
    if report_format is SimulationFormat.JSON:
        from airflow_tune.report.jsonable import dump
        from airflow_tune.report.simulation import simulation_json

        emit(dump(simulation_json(found, calibration, notes, risky, past.source)), output)
        return
    if report_format is SimulationFormat.HTML:
        from airflow_tune.report.html.simulation import simulation_html

        emit(simulation_html(found, calibration, notes, risky, past.source), output)
        return
    from airflow_tune.report.simulation import simulation_text

    page = look(output)
    emit(
        simulation_text(found, calibration, notes, risky, past.source, width=page.width, colour=page.colour),
        output,
    )


def _changes(
    settings: Sequence[str] | None,
    pools: Sequence[str] | None,
    dags: Sequence[str] | None,
    workers: int | None,
    load: float | None,
) -> list[Change]:
    from airflow_tune.simulate.change import DAG, POOL, Change, parse_change

    found = [parse_change(text, where="--set") for text in settings or []]
    for flag, prefix, texts in (("--pool", POOL, pools), ("--dag", DAG, dags)):
        asked = [parse_change(text, where=flag) for text in texts or []]
        found += [Change(prefix + change.name, change.value) for change in asked]
    if workers is not None:
        found.append(Change("workers", str(workers)))
    if load is not None:
        found.append(Change("load", f"{load:g}"))
    return found


def _play(
    situation: Situation, asked: Sequence[Scenario], seeds: int, jobs: int | None, dask: str | None
) -> Study:
    from airflow_tune.cli.pool import playing
    from airflow_tune.simulate.study import study

    try:
        with _progress((len(asked) + 1) * seeds) as told, playing(jobs, dask) as executor:
            return study(situation, asked, seeds, executor, told)
    except MemoryError:
        raise UsageError(
            f"there is not enough memory to play {len(situation.history.tries)} tries",
            remedy="play fewer at a time with --jobs 1, less with --since, or on a larger machine",
        ) from None


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[], None]]:
    """Give what shows that one more step is done, where a person looks."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    done = 0

    def told() -> None:
        nonlocal done
        done += 1
        sys.stderr.write(f"\rplayed {done} of {steps}")
        sys.stderr.flush()

    yield told
    say("")
