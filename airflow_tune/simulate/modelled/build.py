"""A history of what would run: DAGs as files declare them, work as a profile expects it.

It holds when DAG runs come and how long their task instances work; when anything would start is for the
simulation to find. No try fails, and nothing was ever queued.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from airflow_tune.dags.model import Dag
from airflow_tune.errors import UsageError
from airflow_tune.history.assembly import assemble
from airflow_tune.history.draft import DagRow, Draft, PoolRow
from airflow_tune.history.model import History
from airflow_tune.history.raw import RawRuns, RawTries, RunRow
from airflow_tune.installation.model import Installation
from airflow_tune.settings.settings import Settings
from airflow_tune.simulate.modelled.arrival import Arrivals, Window, arrivals
from airflow_tune.simulate.modelled.assumed import assumptions
from airflow_tune.simulate.modelled.draft import add_runs, tries_of
from airflow_tune.simulate.modelled.task import graph, pool
from airflow_tune.simulate.modelled.work import Work, works
from airflow_tune.units import format_duration

MOST = 20_000_000
"""More task instances than this are a mistake: no machine has the memory for them."""
MADE_UP_SLOTS = 16
"""Slots of a pool that nobody described: what core.max_active_tasks_per_dag gives one DAG; judgement."""


@dataclass(frozen=True, slots=True)
class Modelled:
    """The history that files and a profile make, and what was assumed for it, each with its origin.

    `classes` are the names of the profile's classes by dag_id and task.
    """

    history: History
    notes: tuple[str, ...]
    classes: Mapping[tuple[str, str], str]


def model(
    dags: Mapping[str, Dag], installation: Installation, pools: Mapping[str, int], window: Window
) -> Modelled:
    """Return what `dags` would do within `window` under the profile of `installation`.

    `pools` are the slots of the pools that are known. Raises UsageError where there is no DAG, and
    where more would run than fits into any memory.
    """
    if not dags:
        raise UsageError("no DAG that could be played is declared", remedy="check the folder of --dags")
    settings, profile = installation.settings, installation.profile
    rule = settings.text("core", "default_task_weight_rule") or "downstream"
    work = tuple(works(dags, profile, rule))
    typical = {(one.dag_id, one.task.key): one.typical_s for one in work}
    came = arrivals(dags, window, lambda dag_id, task: typical[dag_id, task.key])
    _check_size(work, came, window)
    made_up = sorted({pool(one.task) for one in work} - set(pools))
    slots = {**pools, **dict.fromkeys(made_up, MADE_UP_SLOTS)}
    draft = Draft(installation.version, installation.version.api_serves_tasks)
    draft.dags = list(_dag_rows(dags, settings))
    draft.graphs = {dag_id: graph(dag) for dag_id, dag in dags.items()}
    draft.pools = [PoolRow(name, count, None) for name, count in slots.items()]
    draft.current = [RawTries.gathered(_tries(draft, work, came, window))]
    notes = assumptions(work, came, window, profile, dict.fromkeys(made_up, MADE_UP_SLOTS))
    return Modelled(assemble(draft), tuple(notes), {(one.dag_id, one.name): one.found.name for one in work})


def _check_size(work: tuple[Work, ...], came: Mapping[str, Arrivals], window: Window) -> None:
    total = sum(len(came[one.dag_id].seconds) * one.each_run for one in work)
    if total > MOST:
        raise UsageError(
            f"{total:,} task instances would run in {format_duration(window.length_s)}",
            remedy="play a shorter time with --span",
        )


def _dag_rows(dags: Mapping[str, Dag], settings: Settings) -> Iterator[DagRow]:
    for dag_id, dag in dags.items():
        given = dag.arguments
        tasks = given.get("max_active_tasks", given.get("concurrency"))
        runs = given.get("max_active_runs")
        yield DagRow(
            dag_id,
            tasks if isinstance(tasks, int) else settings.integer("core", "max_active_tasks_per_dag"),
            runs if isinstance(runs, int) else settings.integer("core", "max_active_runs_per_dag"),
            is_paused=False,
            last_parse_duration=None,
        )


def _tries(
    draft: Draft, work: tuple[Work, ...], came: Mapping[str, Arrivals], window: Window
) -> Iterator[RawTries]:
    runs: list[RunRow] = []
    for dag_id in dict.fromkeys(one.dag_id for one in work):
        first = len(runs)
        due = add_runs(runs, dag_id, came[dag_id], window)
        for one in work:
            if one.dag_id == dag_id:
                yield tries_of(draft, one, due, first)
    draft.runs = RawRuns.of(runs)
