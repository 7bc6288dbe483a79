"""`airflow-tune simulate`: the past again, and what other settings would have made of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from airflow_tune.cli import flags
from airflow_tune.cli import simulate_flags as own
from airflow_tune.cli.output import emit, look, say
from airflow_tune.cli.sourced import HISTORY, HOST, PLACE, reads
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_tune.cli.prepared import Prepared
    from airflow_tune.installation.sources import Sources
    from airflow_tune.report.simulation import Simulated
    from airflow_tune.simulate.change import Change, Scenario
    from airflow_tune.simulate.study import Study


@reads(*HISTORY, "dags", *PLACE, "deployment", *HOST, "bench", "allow_commands", dags=own.Dags)
def simulate(
    *,
    sources: Sources,
    span: own.Span = None,
    settings: own.Settings = None,
    pool: own.Pool = None,
    workers: own.Workers = None,
    load: own.Load = None,
    dag: own.Edit = None,
    sweep: own.Sweep = None,
    scenario: own.OneMore = None,
    seeds: own.Seeds = own.SEEDS,
    jobs: own.Jobs = None,
    dask: own.Dask = None,
    contention: own.Contention = None,
    force: own.Force = False,
    report_format: own.Format = own.SimulationFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Replay the past through Airflow's scheduler, and play it again under other settings.

    Example: airflow-tune simulate --db cfg --set core.parallelism=16 --pool db_pool=8 --load 1.5
    """
    from airflow_tune.simulate.sweep import scenarios

    asked = scenarios(_changes(settings, pool, dag, workers, load), sweep or [], scenario or [])
    playing = Playing(seeds, jobs, dask, force=force, contention=contention)
    _emit(_simulated(sources, span, asked, playing), report_format, output)


class Playing(NamedTuple):
    """How scenarios are played: how often, how many at a time and where, and what is let pass."""

    seeds: int
    jobs: int | None
    dask: str | None
    force: bool
    contention: bool | None


def _simulated(sources: Sources, span: str | None, asked: Sequence[Scenario], playing: Playing) -> Simulated:
    from airflow_tune.cli.past import check_sources
    from airflow_tune.cli.prepared import prepare

    check_sources(sources)
    prepared = prepare(sources, span, contention=playing.contention)
    found = _play(prepared, asked, playing)
    if found.error is not None and asked and not playing.force:
        from airflow_tune.simulate.doubt import check_error

        check_error(found.error, prepared.situation, prepared.source)
    return _told(prepared, found)


def _told(prepared: Prepared, found: Study) -> Simulated:
    from airflow_tune.report.simulation import Simulated
    from airflow_tune.simulate.change import apply
    from airflow_tune.simulate.risk import risks

    under = [prepared.situation, *(apply(prepared.asked, one.scenario) for one in found.scenarios)]
    risky = [
        tuple(risks(prepared.installation, situation, one.outcome))
        for situation, one in zip(under, found.results, strict=True)
    ]
    return Simulated(found, prepared.calibration, prepared.notes, tuple(risky), prepared.source)


def _emit(found: Simulated, report_format: own.SimulationFormat, output: Path | None) -> None:
    if report_format is own.SimulationFormat.JSON:
        from airflow_tune.report.jsonable import dump
        from airflow_tune.report.simulation import simulation_json

        emit(dump(simulation_json(found)), output)
    elif report_format is own.SimulationFormat.HTML:
        from airflow_tune.report.html.simulation import simulation_html

        emit(simulation_html(found), output)
    else:
        from airflow_tune.report.simulation import simulation_text

        page = look(output)
        emit(simulation_text(found, width=page.width, colour=page.colour), output)


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


def _play(prepared: Prepared, asked: Sequence[Scenario], how: Playing) -> Study:
    from airflow_tune.cli.pool import playing
    from airflow_tune.simulate.change import Scenario
    from airflow_tune.simulate.study import study

    added = [Scenario(prepared.added, ())] if prepared.grown else []
    every = [*added, *asked]
    try:
        with _progress((len(every) + 1) * how.seeds) as told, playing(how.jobs, how.dask) as executor:
            return study(
                prepared.situation,
                every,
                how.seeds,
                executor,
                told,
                grown=prepared.grown,
                past=prepared.past,
            )
    except MemoryError:
        raise UsageError(
            f"there is not enough memory to play {len(prepared.asked.history.tries)} tries",
            remedy="play fewer at a time with --jobs 1, less with --since or --span, or on a larger machine",
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
