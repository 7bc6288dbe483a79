"""What the demo shows: what waited for what in a recorded history, what to change, and where to go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from airflow_tune.demo.home import DAGS, DEPLOYMENT, HISTORY
from airflow_tune.diagnose.consistency.checks import inconsistencies
from airflow_tune.diagnose.past.lessons import learn
from airflow_tune.diagnose.past.verdict import judge
from airflow_tune.diagnose.waits.installed import machinery_of
from airflow_tune.diagnose.waits.why import why
from airflow_tune.installation.model import Installation
from airflow_tune.installation.past import past_of_snapshot
from airflow_tune.installation.read import read_installation
from airflow_tune.installation.sources import Sources
from airflow_tune.recommend.engine import recommend
from airflow_tune.report.advice import advice_text
from airflow_tune.report.analysis import analysis_text
from airflow_tune.report.finding_text import count_by_severity
from airflow_tune.report.why import life_text

# The version whose mistakes the demo's airflow.cfg makes.
VERSION = "3.3.2"
# The task instance that waited longest of all.
TASK = ("lab_pool", "query_00")


def tour(home: Path, *, width: int, colour: bool) -> str:
    """Return reports on the history in the demo home `home`, and commands to go on with.

    The caller's own Airflow variables do not count: the demo is the same everywhere.
    """
    history = _history(home, width=width, colour=colour)
    return "\n".join([f"$ cd {home}\n", *history, *_next(home)])


def _history(home: Path, *, width: int, colour: bool) -> Iterator[str]:
    """Yield each command on the recorded history with what it prints."""
    snapshot = home / HISTORY
    installation = read_installation(Sources(snapshot=snapshot, env={}))
    past = replace(past_of_snapshot(snapshot), source=HISTORY)
    machinery = machinery_of(installation, past)
    verdict = judge(past, machinery)
    findings = inconsistencies(installation)
    yield "1. What waited for what, in 14 DAG runs of a real Airflow\n"
    yield f"$ airflow-tune analyze --snapshot {HISTORY}\n"
    yield analysis_text(installation, findings, verdict, width=width, colour=colour)
    yield "\n2. Why one task instance waited, and who had the slots\n"
    yield f"$ airflow-tune why {' '.join(TASK)} --snapshot {HISTORY}\n"
    life = why(past.history, machinery, *TASK)
    yield life_text(life, past.source, width=width, colour=colour)
    yield "\n3. What to change, what that would spare, and how far to trust it\n"
    yield f"$ airflow-tune recommend --snapshot {HISTORY}\n"
    lessons = learn(past.history, machinery, verdict)
    yield advice_text(recommend(installation, lessons), width=width, colour=colour)


def _next(home: Path) -> Iterator[str]:
    """Yield what to try next: more on the history, then the home whose settings contradict each other."""
    main = f"--airflow-home . --deployment {DEPLOYMENT} --airflow-version {VERSION}"
    found = count_by_severity(inconsistencies(_read(home)))
    yield "\nTry next, on the same history:"
    yield f"  airflow-tune recommend --snapshot {HISTORY} --explain pool:db_pool"
    yield f"  airflow-tune analyze --snapshot {HISTORY} --format html -o report.html"
    yield f"and on settings carried over from 2.9 to 3.3 ({found}):"
    yield f"  airflow-tune analyze {main}"
    yield f"  airflow-tune recommend {main} --write-cfg"
    yield f"  airflow-tune lint {DAGS}\n"


def _read(folder: Path) -> Installation:
    return read_installation(
        Sources(
            airflow_home=folder,
            dags=folder / DAGS,
            deployment=folder / DEPLOYMENT,
            airflow_version=VERSION,
            env={},
        )
    )
