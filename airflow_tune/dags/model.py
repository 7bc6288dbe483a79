"""What a DAG file declares: DAGs, tasks and edges, each with its place, and what could not be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


class Missing(Enum):
    """The absence of a value, where None would be a value."""

    MISSING = "missing"


MISSING = Missing.MISSING


@dataclass(slots=True, eq=False)
class Unknown:
    """A value that cannot be known without running the code: `reason` says why, `line` where (0: nowhere).

    Nobody sets its fields again; it is not frozen because that takes three times as long to make, and a
    reading makes hundreds of thousands.

    `default` is what the source itself names for the case that nobody sets the value (an environment
    variable's default, say). `foreign` marks what comes from a package that was not read and that
    could therefore add tasks when it is called inside a DAG.
    """

    reason: str
    line: int = 0
    default: object = MISSING
    foreign: bool = False

    def __str__(self) -> str:
        return f"{self.reason} (line {self.line})" if self.line else self.reason


@dataclass(frozen=True, slots=True)
class Reference:
    """An object as an argument, by what it is and its name: a function, a class, a task, a package's name.

    `line` is where a function was written, 0 for all others.
    """

    kind: str
    name: str
    line: int = 0


Name: TypeAlias = "str | Unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A file and a line in it, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Task:
    """One task as Airflow would create it.

    `key` names the task within its DAG: its task_id, or a mark of its own where the id is unknown.
    `arguments` are the operator's arguments with default_args resolved; each value may be Unknown. `over`
    names those that a mapped task is expanded over, as far as they have names.
    """

    key: str
    task_id: Name
    operator: str
    place: Place
    group: str = ""
    mapped: bool = False
    is_setup: bool = False
    is_teardown: bool = False
    arguments: Mapping[str, object] = field(default_factory=dict)
    over: tuple[str, ...] = ()

    def argument(self, name: str, default: object = None) -> object:
        """Return the argument `name`: as given, from default_args, Airflow's default, or `default`."""
        return self.arguments.get(name, OPERATOR_DEFAULTS.get(name, default))


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency between two tasks, by key, and where it was first written."""

    upstream: str
    downstream: str
    place: Place


@dataclass(frozen=True, slots=True)
class Dag:
    """One DAG of a file; its graph is complete when nothing in `why_partial` could change it."""

    dag_id: Name
    place: Place
    arguments: Mapping[str, object]
    tasks: tuple[Task, ...]
    edges: tuple[Edge, ...]
    why_partial: tuple[Unknown, ...] = ()

    @property
    def defaults(self) -> Mapping[object, object]:
        """Return its default_args; none where they are not known."""
        given = self.arguments.get("default_args")
        return given if isinstance(given, dict) else {}

    @property
    def complete(self) -> bool:
        """Return whether tasks and edges are exactly what Airflow would build."""
        return not self.why_partial


@dataclass(frozen=True, slots=True)
class FileGraph:
    """What was read from one file.

    `error` says why Airflow could not import the file either (a syntax error, an exception that its
    top level surely raises); `limit` says what ended the reading early: a budget, or a function of another
    file that seems to raise.
    """

    file: str
    dags: tuple[Dag, ...] = ()
    error: Unknown | None = None
    limit: Unknown | None = None


# airflow.sdk.bases.operator.OPERATOR_DEFAULTS of 3.3.2, where the value is plain; delays in seconds.
OPERATOR_DEFAULTS: Mapping[str, object] = {
    "depends_on_past": False,
    "execution_timeout": None,
    "pool": "default_pool",
    "pool_slots": 1,
    "priority_weight": 1,
    "queue": "default",
    "retries": 0,
    "retry_delay": 300,
    "retry_exponential_backoff": 0,
    "trigger_rule": "all_success",
    "wait_for_downstream": False,
    "weight_rule": "downstream",
}
