"""What is to be played: the past that flags name, DAGs that files declare, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_tune.errors import UsageError
from airflow_tune.units import parse_duration, plural

if TYPE_CHECKING:
    from airflow_tune.dags.model import Dag
    from airflow_tune.history.model import History
    from airflow_tune.installation.model import Installation
    from airflow_tune.installation.sources import Sources
    from airflow_tune.simulate.calibrate import Calibration
    from airflow_tune.simulate.modelled.arrival import Window
    from airflow_tune.simulate.modelled.build import Modelled
    from airflow_tune.simulate.situation import Situation

SPAN = "7d"
MONDAY = datetime(2026, 1, 5, tzinfo=timezone.utc)
"""Where a modelled time begins: always the same moment, so that the same files give the same bytes."""

SHARED = "work shares the cores of its host (--contention): what each class of work uses is the profile's"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A situation at hand, with what it rests on.

    `past` is what happened, None where nothing has: then there is no error of the model. `grown` is the
    situation with DAGs of files beside those of the past, None where none were added; `added` says how many.
    """

    installation: Installation
    situation: Situation
    past: History | None
    calibration: Calibration
    notes: tuple[str, ...]
    source: str
    grown: Situation | None = None
    added: str = ""

    @property
    def asked(self) -> Situation:
        """Return the situation that scenarios change."""
        return self.grown or self.situation


def prepare(sources: Sources, span: str | None = None, *, contention: bool | None = None) -> Prepared:
    """Read what `sources` name; raises UsageError where they name neither a past nor DAG files.

    DAG files are read where `sources` name their folder. `contention` says whether work shares the cores of
    its hosts; by default it does where there is no past, as what happened holds what sharing took.
    """
    from airflow_tune.installation.read import read_installation

    if span is not None and (sources.live or sources.snapshot is not None):
        raise UsageError(
            "--span is how long DAGs are played that have no history",
            where=f"--span {span}",
            remedy="leave it out: new DAGs are played as long as the history lasts",
        )
    if not sources.live and sources.snapshot is None and sources.dags is None:
        raise UsageError(
            "there is nothing to play",
            remedy="give --db URL, --db cfg, --api URL or --snapshot FILE for a history, or --dags FOLDER",
        )
    installation = read_installation(sources)
    if sources.live or sources.snapshot is not None:
        return _of_past(installation, sources, contention=contention is True)
    return _of_files(installation, sources, span or SPAN, contention=contention is not False)


def _of_past(installation: Installation, sources: Sources, *, contention: bool) -> Prepared:
    from airflow_tune.cli.past import read
    from airflow_tune.simulate.demanded import shared, undone
    from airflow_tune.simulate.doubt import check_history, notes_on
    from airflow_tune.simulate.modelled.build import model
    from airflow_tune.simulate.present import present

    past = read(installation, sources)
    check_history(past.history, past.source)
    situation, calibration, guessed = present(installation, past)
    found = Prepared(
        installation,
        situation,
        past=past.history,
        calibration=calibration,
        notes=(*guessed, *situation.workload().notes, *notes_on(past.history)),
        source=past.source,
    )
    if contention:
        situation = shared(installation, situation, {})
        found = replace(found, situation=undone(situation), notes=(*found.notes, SHARED))
    if sources.dags is None:
        return found
    dags, notes = _declared(sources.dags, past.history.dags.names)
    if not dags:
        notes = (*notes, f"{sources.dags} declares no DAG that the history does not know")
        return replace(found, notes=(*found.notes, *notes))
    pools = dict(zip(past.history.pools.names, past.history.pools.slots.tolist(), strict=True))
    made = model(dags, installation, {**_pools(installation), **pools}, _window_of(past.history))
    return replace(
        found,
        notes=(*found.notes, *notes, *made.notes),
        grown=_grown(found, made, contention=contention),
        added=f"with {plural(len(dags), 'new DAG')}",
    )


def _grown(found: Prepared, made: Modelled, *, contention: bool) -> Situation:
    from airflow_tune.simulate.demanded import shared
    from airflow_tune.simulate.present import grown

    situation = grown(found.installation, found.situation, made)
    return shared(found.installation, situation, made.classes) if contention else situation


def _of_files(installation: Installation, sources: Sources, span: str, *, contention: bool) -> Prepared:
    from airflow_tune.simulate.demanded import shared
    from airflow_tune.simulate.modelled.arrival import Window
    from airflow_tune.simulate.modelled.build import model
    from airflow_tune.simulate.present import modelled

    folder = sources.dags or Path()
    dags, notes = _declared(folder, ())
    length = timedelta(seconds=parse_duration(span, where="--span"))
    made = model(dags, installation, _pools(installation), Window(MONDAY, MONDAY + length))
    situation, calibration, guessed = modelled(installation, made)
    if contention:
        situation, guessed = shared(installation, situation, made.classes), (*guessed, SHARED)
    return Prepared(
        installation,
        situation,
        past=None,
        calibration=calibration,
        notes=(*notes, *made.notes, *guessed),
        source=f"DAGs of {folder}",
    )


def _declared(folder: Path, known: tuple[str, ...]) -> tuple[dict[str, Dag], tuple[str, ...]]:
    from airflow_tune.dags.folder import python_files
    from airflow_tune.dags.reader import read_files
    from airflow_tune.simulate.modelled.declared import declared

    return declared(read_files(python_files([folder])), known)


def _pools(installation: Installation) -> dict[str, int]:
    from airflow_tune.installation.model import DEFAULT_POOL

    known = {name: slots.value for name, slots in installation.pools.items()}
    return {DEFAULT_POOL: installation.default_pool.value, **known}


def _window_of(history: History) -> Window:
    """Return the time that `history` tells of: from its first DAG run on."""
    from airflow_tune.simulate.modelled.arrival import Window

    due = history.runs.due.min()
    begin, end = (moment.astype(datetime).replace(tzinfo=timezone.utc) for moment in (due, history.taken_at))
    return Window(begin, end)
