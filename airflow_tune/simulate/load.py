"""More or fewer DAG runs than there were."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from airflow_tune.history.column import ragged
from airflow_tune.history.model import History


def scaled(history: History, load: float) -> History:
    """Return `history` with `load` times its DAG runs: every DAG run comes again, or is left out, evenly.

    A further copy comes at the same moment as the DAG run it copies, under its id with a number.
    """
    runs, tries = history.runs, history.tries
    ends = np.floor(np.arange(1, len(runs) + 1) * load + 1e-9).astype(np.int64)
    copies = np.diff(np.append(0, ends))
    source, rank = ragged(copies)
    first = np.searchsorted(tries.run, np.arange(len(runs) + 1))
    of_run, nth = ragged((first[1:] - first[:-1])[source])
    row = first[source][of_run] + nth
    columns = {name: getattr(runs, name)[source] for name in ("dag", "state", "run_type", "due", "queued")}
    columns |= {name: getattr(runs, name)[source] for name in ("start", "end", "backfill")}
    ids = tuple(
        runs.run_ids[at] + (f"~{copy + 1}" if copy else "")
        for at, copy in zip(source.tolist(), rank.tolist(), strict=True)
    )
    of_tries = {name: getattr(tries, name)[row] for name in type(tries).__slots__ if name != "run"}
    return replace(
        history,
        runs=replace(runs, run_ids=ids, **columns),
        tries=replace(tries, run=of_run.astype(tries.run.dtype), **of_tries),
    )
