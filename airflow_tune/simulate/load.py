"""More or fewer DAG runs than there were, or at other times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from airflow_tune.errors import UsageError
from airflow_tune.history.column import MICROSECONDS, Ints, micros, ragged
from airflow_tune.history.model import History

MOST_RUNS = 5_000_000
"""More DAG runs than this are a mistake: they would fill the memory of any machine."""


def scaled(history: History, load: float) -> History:
    """Return `history` with `load` times its DAG runs: every DAG run comes again, or is left out, evenly.

    A further copy comes at the same moment as the DAG run it copies, under its id with a number.
    Raises UsageError for more DAG runs than anything could play.
    """
    runs = history.runs
    if len(runs) * load > MOST_RUNS:
        raise UsageError(f"load {load:g} makes {len(runs) * load:.3g} DAG runs", remedy="ask for less load")
    ends = np.floor(np.arange(1, len(runs) + 1) * load + 1e-9).astype(np.int64)
    source, rank = ragged(np.diff(np.append(0, ends)))
    ids = tuple(
        runs.run_ids[at] + (f"~{copy + 1}" if copy else "")
        for at, copy in zip(source.tolist(), rank.tolist(), strict=True)
    )
    return _repeated(history, source, ids)


def respaced(history: History, dag: int, every_s: float) -> History:
    """Return `history` with the DAG runs of row `dag` every `every_s` seconds, from its first to its last.

    A DAG that ran once then runs until the last DAG run of all. What a DAG run does is taken from those
    that there were, in turn. Raises UsageError as `scaled`.
    """
    runs = history.runs
    own = np.flatnonzero(runs.dag == dag)
    if not len(own):
        return history
    begin = micros(runs.due)[own]
    last = begin[-1] if len(own) > 1 else micros(runs.due).max()
    count = int((last - begin[0]) // (every_s * MICROSECONDS)) + 1
    if count > MOST_RUNS:
        raise UsageError(f"every {every_s:g} s makes {count:.3g} DAG runs", remedy="ask for fewer")
    before, after = np.arange(own[0]), np.arange(own[-1] + 1, len(runs))
    made = own[np.arange(count) % len(own)]
    names = [f"{runs.run_ids[row]}~{at}" for at, row in enumerate(made.tolist())]
    kept = runs.run_ids
    ids = (*kept[: own[0]], *names, *kept[own[-1] + 1 :])
    found = _repeated(history, np.concatenate([before, made, after]), ids)
    due = found.runs.due.copy()
    moments = begin[0] + (np.arange(count) * every_s * MICROSECONDS).astype(np.int64)
    due[own[0] : own[0] + count] = moments.view("datetime64[us]")
    queued = found.runs.queued.copy()
    queued[own[0] : own[0] + count] = due[own[0] : own[0] + count]
    return replace(found, runs=replace(found.runs, due=due, queued=queued))


def _repeated(history: History, source: Ints, ids: tuple[str, ...]) -> History:
    """Return `history` whose DAG runs are copies of the rows `source` under `ids`."""
    runs, tries = history.runs, history.tries
    first = np.searchsorted(tries.run, np.arange(len(runs) + 1))
    of_run, nth = ragged((first[1:] - first[:-1])[source])
    row = first[source][of_run] + nth
    columns = {name: getattr(runs, name)[source] for name in ("dag", "state", "run_type", "due", "queued")}
    columns |= {name: getattr(runs, name)[source] for name in ("start", "end", "backfill")}
    of_tries = {name: getattr(tries, name)[row] for name in type(tries).__slots__ if name != "run"}
    return replace(
        history,
        runs=replace(runs, run_ids=ids, **columns),
        tries=replace(tries, run=of_run.astype(tries.run.dtype), **of_tries),
    )
