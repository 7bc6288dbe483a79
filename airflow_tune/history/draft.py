"""What any source hands to the assembly: rows as they were read, nothing joined yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from airflow_tune.history.column import NAT
from airflow_tune.history.graph import GraphTask
from airflow_tune.history.raw import Names, RawRuns, RawTries
from airflow_tune.versions import AirflowVersion


class DagRow(NamedTuple):
    """One row of the table `dag`."""

    dag_id: str
    max_active_tasks: int | None
    max_active_runs: int | None
    is_paused: bool | None
    last_parse_duration: float | None


class PoolRow(NamedTuple):
    """One row of the table `slot_pool`."""

    pool: str
    slots: int
    include_deferred: bool | None


class RescheduleRow(NamedTuple):
    """When the newest poke of a rescheduled task instance was due; `run` is dag_run.id."""

    run: int
    dag_id: str
    task_id: str
    map_index: int
    due: Any


@dataclass(slots=True)
class Draft:
    """Rows of a history; `current` are the newest tries, in any number of parts.

    `graphs` holds None for a DAG whose serialized form could not be read.
    """

    version: AirflowVersion
    has_scheduled: bool
    runs: RawRuns = field(default_factory=lambda: RawRuns.of(()))
    current: list[RawTries] = field(default_factory=list)
    earlier: list[RawTries] = field(default_factory=list)
    kinds: Names = field(default_factory=Names)
    hosts: Names = field(default_factory=Names)
    dags: list[DagRow] = field(default_factory=list)
    pools: list[PoolRow] = field(default_factory=list)
    reschedules: list[RescheduleRow] = field(default_factory=list)
    graphs: Mapping[str, tuple[GraphTask, ...] | None] = field(default_factory=dict)
    heartbeat: np.datetime64 = NAT
    notes: list[str] = field(default_factory=list)
