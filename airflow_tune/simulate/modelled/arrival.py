"""When the DAG runs of modelled DAGs come: by the clock, after the DAGs that they follow, or once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from airflow_tune.dags.model import MISSING, Dag, Reference, Task
from airflow_tune.dags.schedule import Every, given, moment, schedule_of
from airflow_tune.dags.timezone import clock_of


class How(Enum):
    """What makes the runs of a DAG."""

    CLOCK = "its schedule"
    FOLLOWS = "assets and triggers of other DAGs"
    BY_HAND = "no schedule"
    UNREAD = "a schedule that cannot be read"


class Arrivals(NamedTuple):
    """When runs of one DAG come, in seconds from the begin of the window."""

    how: How
    seconds: tuple[float, ...]


class _Producer(NamedTuple):
    dag_id: str
    task: str


class Window(NamedTuple):
    """The time that is played; both aware."""

    begin: datetime
    end: datetime

    @property
    def length_s(self) -> float:
        """Return how long it is."""
        return (self.end - self.begin).total_seconds()


def arrivals(
    dags: Mapping[str, Dag], window: Window, typical_s: Callable[[str, Task], float]
) -> dict[str, Arrivals]:
    """Return when the runs of each of `dags` come within `window`.

    What follows an asset or a TriggerDagRunOperator comes as soon as the task before it would end where
    nothing waits; `typical_s` says how long a task of a DAG takes in the middle. DAGs that nothing starts
    run once, at the begin.
    """
    book = _Book(dags, window, typical_s)
    return {dag_id: book.of(dag_id) for dag_id in dags}


class _Book:
    def __init__(
        self, dags: Mapping[str, Dag], window: Window, typical_s: Callable[[str, Task], float]
    ) -> None:
        self.dags, self.window, self.typical_s = dags, window, typical_s
        self.known: dict[str, Arrivals] = {}
        self.open: set[str] = set()
        self.assets: dict[str, list[_Producer]] = {}
        self.triggers: dict[str, list[_Producer]] = {}
        for dag_id, dag in dags.items():
            for task in dag.tasks:
                self._note(_Producer(dag_id, task.key), task)

    def _note(self, producer: _Producer, task: Task) -> None:
        for name in _assets(task.argument("outlets")):
            self.assets.setdefault(name, []).append(producer)
        target = task.argument("trigger_dag_id")
        if isinstance(target, str):
            self.triggers.setdefault(target, []).append(producer)

    def of(self, dag_id: str) -> Arrivals:
        """Return the arrivals of one DAG; one that follows itself has none of its own making."""
        if dag_id not in self.known and dag_id not in self.open:
            self.open.add(dag_id)
            self.known[dag_id] = self._find(dag_id)
        return self.known.get(dag_id, Arrivals(How.FOLLOWS, ()))

    def _find(self, dag_id: str) -> Arrivals:
        triggered = [one for producer in self.triggers.get(dag_id, ()) for one in self._after(producer)]
        own = self._scheduled(self.dags[dag_id])
        if own.how is How.CLOCK or not triggered:
            return Arrivals(own.how, tuple(sorted([*own.seconds, *triggered])))
        return Arrivals(How.FOLLOWS, tuple(sorted(triggered)))

    def _scheduled(self, dag: Dag) -> Arrivals:
        found, value = schedule_of(dag.arguments), given(dag.arguments)
        if found is not None:
            clock = clock_of(dag.arguments)
            begin = self.window.begin.astimezone(clock)
            if isinstance(found, Every):
                begin = _aligned(begin, moment(dag.arguments.get("start_date"), clock), found.interval_s)
            due = found.moments(begin, self.window.end.astimezone(clock))
            return Arrivals(How.CLOCK, tuple((one - self.window.begin).total_seconds() for one in due))
        names = list(_assets(value))
        if names and all(name in self.assets for name in names):
            return Arrivals(How.FOLLOWS, self._once_all_are_there(names))
        by_hand = value in (None, MISSING, "@once")
        return Arrivals(How.BY_HAND if by_hand else How.UNREAD, (0.0,))

    def _once_all_are_there(self, names: Iterable[str]) -> tuple[float, ...]:
        """Return when each of the assets `names` has come once more."""
        each = [
            sorted(one for producer in self.assets[name] for one in self._after(producer)) for name in names
        ]
        return tuple(max(moments) for moments in zip(*each, strict=False))

    def _after(self, producer: _Producer) -> list[float]:
        """Return when the task of `producer` would end in each run of its DAG; within the window."""
        took = self._until_end(self.dags[producer.dag_id], producer.task)
        ended = (begun + took for begun in self.of(producer.dag_id).seconds)
        return [one for one in ended if one < self.window.length_s]

    def _until_end(self, dag: Dag, key: str) -> float:
        """Return how long after the begin of a DAG run the task `key` ends where nothing waits."""
        above: dict[str, list[str]] = {}
        for edge in dag.edges:
            above.setdefault(edge.downstream, []).append(edge.upstream)
        tasks = {task.key: task for task in dag.tasks}
        ends: dict[str, float] = {}
        stack = [key]
        while stack:
            left = [one for one in above.get(stack[-1], ()) if one not in ends and one not in stack]
            if left:
                stack.append(left[0])
                continue
            one = stack.pop()
            before = max((ends.get(other, 0.0) for other in above.get(one, ())), default=0.0)
            ends[one] = before + self.typical_s(str(dag.dag_id), tasks[one])
        return ends[key]


def _aligned(begin: datetime, start: datetime | None, interval_s: float) -> datetime:
    """Return the first moment from `begin` on that lies whole intervals from `start`."""
    if start is None:
        return begin
    behind = (begin - start).total_seconds() % interval_s
    return begin if not behind else begin + (type(begin - start)(seconds=interval_s - behind))


def _assets(value: object) -> Iterable[str]:
    """Yield the names of the assets in `value`, nothing where one is not known."""
    parts = value if isinstance(value, (list, tuple)) else [value]
    if parts and all(isinstance(one, Reference) and one.kind == "asset" and one.name for one in parts):
        return [one.name for one in parts if isinstance(one, Reference)]
    return []
