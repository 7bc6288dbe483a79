"""What a source hands over: chunks of columns, before rows are sorted and joined to their DAG runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timezone
from typing import Any, NamedTuple

import numpy as np

from airflow_tune.history import state
from airflow_tune.history.column import AnyArray, Bools, Codes, Ints, Times
from airflow_tune.history.growth import gathered

_PROBED = 1000
"""A time column holds µs throughout or nowhere; one of the first values that is there tells."""


class Kind(NamedTuple):
    """What the tries of one task share."""

    dag_id: str
    task_id: str
    pool: str
    queue: str | None
    operator: str | None
    executor: str | None


@dataclass(frozen=True, slots=True)
class RawTries:
    """A chunk of tries: `run` is a row of the RawRuns read before, -1 for none of them.

    `kind` and `host` are codes of the names read with it. Whole numbers are as narrow as they come: widen
    them before any arithmetic.
    """

    run: Codes
    kind: Codes
    host: Codes
    map_index: Codes
    try_number: Codes
    pool_slots: Codes
    priority_weight: Codes
    state: Codes
    scheduled: Times
    queued: Times
    start: Times
    end: Times

    def __len__(self) -> int:
        return len(self.run)

    @staticmethod
    def gathered(parts: Iterable[RawTries]) -> RawTries:
        """Return all `parts` as one, each given back as soon as it is copied."""
        blocks = ([getattr(part, name) for name in RawTries.__slots__] for part in parts)
        return RawTries(*gathered(blocks, [column.dtype for column in astuple(RawTries.empty())]))

    @staticmethod
    def empty() -> RawTries:
        """Return a chunk of no rows."""
        code, time = np.zeros(0, np.int32), moments([])
        return RawTries(code, code, code, code, code, code, code, code, time, time, time, time)


class Names(dict[Any, int]):
    """Codes for names in the order in which they were first seen."""

    def __missing__(self, name: Any) -> int:  # noqa: ANN401 - any hashable name
        self[name] = code = len(self)
        return code

    def codes(self, names: Iterable[Any]) -> Codes:
        """Return the codes of `names`, None being -1."""
        return np.array([-1 if name is None else self[name] for name in names], np.int32)


def _naive(value: Any) -> Any:  # noqa: ANN401 - what a driver gives
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(timezone.utc).replace(tzinfo=None)
    return value[:26] if isinstance(value, str) else value


def moments(values: Sequence[Any]) -> Times:
    """Return what a driver gave for a time column as UTC times: datetimes, SQLite's text, µs, None."""
    if any(isinstance(value, int) for value in values[:_PROBED]):
        least = np.iinfo(np.int64).min
        whole = np.array([least if value is None else value for value in values], np.int64)
        return whole.view("datetime64[us]")
    found: AnyArray = np.array([_naive(value) for value in values], "datetime64[us]")
    return found


def integers(values: Sequence[Any], absent: int = 0) -> Codes:
    """Return what a driver gave for a whole-number column, with `absent` for NULL."""
    return np.array([absent if value is None else value for value in values], np.int32)


class RunRow(NamedTuple):
    """One DAG run; times as the driver gave them."""

    id: int
    dag_id: str
    run_id: str
    state: str | None
    run_type: str
    due: Any
    queued_at: Any
    start_date: Any
    end_date: Any
    backfill_id: int | None


@dataclass(frozen=True, slots=True)
class RawRuns:
    """DAG runs in the order in which they were read; `id` is dag_run.id."""

    id: Ints
    dag_ids: Sequence[str]
    run_ids: Sequence[str]
    state: Codes
    run_types: Sequence[str]
    due: Times
    queued: Times
    start: Times
    end: Times
    backfill: Bools

    def __len__(self) -> int:
        return len(self.id)

    @staticmethod
    def of(rows: Iterable[RunRow]) -> RawRuns:
        """Return `rows` as columns."""
        columns = list(zip(*rows, strict=True)) or [()] * len(RunRow._fields)
        ids, dag_ids, run_ids, states, run_types, *rest, backfills = columns
        due, queued, start, end = map(moments, rest)
        return RawRuns(
            np.array(ids, np.int64),
            dag_ids,
            run_ids,
            np.array([state.code(name) for name in states], np.int32),
            run_types,
            due,
            queued,
            start,
            end,
            np.array([one is not None for one in backfills], bool),
        )
