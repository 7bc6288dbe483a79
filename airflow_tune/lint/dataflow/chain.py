"""Chains of tasks of which some could start together, found once per file for the rules on the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from airflow_tune.dags.model import Task
from airflow_tune.lint.dataflow.effects import Effects, meeting
from airflow_tune.lint.dataflow.link import RATE, Link, Verdict, link
from airflow_tune.lint.dataflow.task import blank, effects_of, references, returns
from airflow_tune.lint.dataflow.written import written
from airflow_tune.lint.dataflow.xcoms import KIND, heeded, keys_alone
from airflow_tune.lint.shape import Shape
from airflow_tune.lint.statement import HOLE
from airflow_tune.lint.subject import Subject

LONGEST = 40
"""Tasks of a chain that are compared with one another."""
SENSOR = ("Sensor", "SensorAsync")
GATES = ("Branch", "ShortCircuit", "@task.branch", "@task.short_circuit", "@task.sensor")


class Chain(NamedTuple):
    """Tasks in a row, and which of them still have to wait for which: pairs of places, the first first.

    `free` are the neighbours that need not wait, `reasons` say of every other neighbour why it has to, or
    that this is unclear. `shared` is what free neighbours both read, `written` what the source names each.
    """

    dag_id: str
    file: str
    line: int
    tasks: tuple[str, ...]
    kept: tuple[tuple[int, int], ...]
    free: tuple[tuple[int, int], ...]
    touched: tuple[str, ...]
    reasons: tuple[str, ...]
    shared: tuple[str, ...] = ()
    written: tuple[str, ...] = ()

    def longest(self, weights: Sequence[float]) -> float:
        """Return the length of the longest path along what is kept, each task as heavy as its weight."""
        ends: list[float] = []
        for place, weight in enumerate(weights):
            ends.append(weight + max((ends[up] for up, down in self.kept if down == place), default=0.0))
        return max(ends, default=0.0)

    def form(self) -> str:
        """Return the tasks in their parallel form, as Airflow's operators write it."""
        levels: dict[int, list[str]] = {}
        depth: list[int] = []
        tasks = self.written or self.tasks
        for place, task in enumerate(tasks):
            depth.append(max((depth[up] + 1 for up, down in self.kept if down == place), default=0))
            levels.setdefault(depth[place], []).append(task)
        full = all(
            (up, down) in self.kept
            for up in range(len(self.tasks))
            for down in range(len(self.tasks))
            if depth[down] == depth[up] + 1
        )
        if full:
            return " >> ".join(
                names[0] if len(names) == 1 else f"[{', '.join(names)}]"
                for _, names in sorted(levels.items())
            )
        edges = "; ".join(f"{tasks[up]} >> {tasks[down]}" for up, down in self.kept)
        places = [place for pair in self.kept for place in pair]
        again = any(tasks[place].endswith(")") for place in places if places.count(place) > 1)
        return f"{edges}; nothing else waits{', and each call is made once' if again else ''}"


def chains_of(subject: Subject) -> Iterator[Chain]:
    """Yield the chains of a file's DAGs that are longer than their data flow asks for."""
    pulls = subject.flow.mentions("xcom_pull")
    pulled = keys_alone("\n".join(line for _, line in subject.flow.code)) if pulls else set()
    for shape in subject.shapes:
        dag = shape.dag
        serial = 1 in (dag.arguments.get("max_active_tasks"), dag.arguments.get("concurrency"))
        if not dag.complete or serial or not shape.small or not isinstance(dag.dag_id, str):
            continue
        for row in rows(shape):
            found = judged(subject, shape, row, pulled)
            if found is not None:
                yield found


def rows(shape: Shape) -> Iterator[list[Task]]:
    """Yield the longest rows of tasks in which each waits for the one before it and for nothing else."""
    down = {key: [b for b in below if not implied(shape, key, b)] for key, below in shape.down.items()}
    up: dict[str, list[str]] = {}
    for key, below in down.items():
        for other in below:
            up.setdefault(other, []).append(key)
    following = {
        key: below[0] for key, below in down.items() if len(below) == 1 and len(up.get(below[0], ())) == 1
    }
    starts = set(following) - set(following.values())
    for start in (task.key for task in shape.dag.tasks if task.key in starts):
        row = [start]
        while row[-1] in following and len(row) < LONGEST:
            row.append(following[row[-1]])
        yield [shape.tasks[key] for key in row]


def implied(shape: Shape, up: str, down: str) -> bool:
    """Return whether another path leads from one task to the other."""
    return any(down in shape.after.of(other) for other in shape.down[up] if other != down)


def judged(subject: Subject, shape: Shape, row: list[Task], pulled: AbstractSet[str]) -> Chain | None:
    """Return a row as a chain, None where it has to be as long as it is.

    `pulled` are the keys of XComs that code of the file pulls from whichever task.
    """
    if not promising(subject, row):
        return None
    effects = [effects_of(subject, task) for task in row]
    used = passed(shape)
    for task, one in zip(row, effects, strict=True):
        one.works = one.works or task.key in used
        astray(shape, one)
    xcoms_of(subject, row, effects, pulled)
    links: dict[tuple[int, int], Link] = {}
    for low in range(len(row)):
        for high in range(low + 1, len(row)):
            links[low, high] = joined(subject, row, effects, low, high)
    held = {pair for pair, found in links.items() if found.verdict is not Verdict.INDEPENDENT}
    kept = tuple(sorted(pair for pair in held if not covered(pair, held)))
    free = tuple((n, n + 1) for n in range(len(row) - 1) if (n, n + 1) not in held)
    if not free:
        return None
    keys = tuple(task.key for task in row)
    place = next(
        edge.place
        for edge in shape.dag.edges
        if (edge.upstream, edge.downstream) == (keys[free[0][0]], keys[free[0][1]])
    )
    if said(subject, place.line, place.file):
        return None
    touched = tuple(told(one) for one in effects)
    reasons = tuple(because(keys, links, kept))
    both = tuple(sorted({one for low, high in free for one in read_by(effects[low], effects[high])}))
    names = tuple(written(subject, task) for task in row)
    found = Chain(
        str(shape.dag.dag_id), place.file, place.line, keys, kept, free, touched, reasons, both, names
    )
    return found if found.longest([1.0] * len(row)) < len(row) else None


def xcoms_of(
    subject: Subject, row: Sequence[Task], effects: Sequence[Effects], pulled: AbstractSet[str]
) -> None:
    """Leave the pushes of tasks whose order counts, as some task of the file pulls the latest."""
    keys = {one.name for each in effects for one in each.reads if one.kind == KIND} | pulled
    for task, one in zip(row, effects, strict=True):
        heeded(one, task, keys, returns=bool(keys) and returns(subject, task))


def astray(shape: Shape, effects: Effects) -> None:
    """Doubt what a task does that pulls the result of a task which is not there: another is meant."""
    for one in effects.reads:
        known = one.name in shape.tasks or any(key.endswith(f".{one.name}") for key in shape.tasks)
        if one.kind == "result" and HOLE not in one.name and not known:
            effects.doubt(f"which task {one.name} is")


def promising(subject: Subject, row: list[Task]) -> bool:
    """Return whether a hasty look leaves two neighbours of a row of which all is known."""
    known: dict[str, bool] = {}
    for first, second in pairwise(row):
        if first.key in handed(second):
            continue
        for task in (first, second):
            if task.key not in known:
                known[task.key] = not effects_of(subject, task, hasty=True).unknown
            if not known[task.key]:
                break
        else:
            return True
    return False


def handed(task: Task) -> set[str]:
    """Return the tasks whose results a task is handed."""
    return handed_in(task.arguments)


def handed_in(arguments: Mapping[str, object]) -> set[str]:
    """Return the tasks whose results stand in arguments."""
    found = (one.name.split(",") for one in references(arguments) if one.kind == "xcom")
    return {key for keys in found for key in keys}


def passed(shape: Shape) -> set[str]:
    """Return the tasks whose results are handed to others."""
    return set().union(*(handed(task) for task in shape.dag.tasks))


def joined(subject: Subject, row: list[Task], effects: list[Effects], low: int, high: int) -> Link:
    """Return the link of two tasks of a row; what only stands there, decides or waits keeps its place."""
    first, second = row[low], row[high]
    for task in (first, second):
        if blank(subject, task):
            return Link(Verdict.UNCLEAR, f"{task.key} is there for its place only")
    if first.operator.endswith(SENSOR) or first.operator.startswith(GATES):
        return Link(Verdict.NEEDED, f"{first.key} decides when the rest may start")
    return link(subject, first, second, effects[low], effects[high])


def covered(pair: tuple[int, int], held: set[tuple[int, int]]) -> bool:
    """Return whether two links in a row say what a link says."""
    low, high = pair
    return any((low, between) in held and reached(between, high, held) for between in range(low + 1, high))


def reached(low: int, high: int, held: set[tuple[int, int]]) -> bool:
    """Return whether links lead from one place to another."""
    return (low, high) in held or any(
        (low, between) in held and reached(between, high, held) for between in range(low + 1, high)
    )


def read_by(one: Effects, other: Effects) -> Iterator[str]:
    """Yield what two tasks both read; a connection by which they do so is not told."""
    for ours, _theirs, sure in meeting(one.reads, other.reads):
        # A table is the same with its schema and without; addresses of one server are not.
        if ours.kind != "connection" and (sure or ours.kind == "table"):
            yield str(ours)


def said(subject: Subject, line: int, file: str) -> bool:
    """Return whether a comment beside the dependency gives a reason for it."""
    if file != subject.file:
        return False
    # It may stand above the `if` or `for` that the dependency is written in.
    beside = subject.lines[max(0, line - 5) : line + 1]
    return any("#" in text and RATE.search(text.partition("#")[2]) for text in beside)


def because(
    keys: Sequence[str], links: Mapping[tuple[int, int], Link], kept: Sequence[tuple[int, int]]
) -> Iterator[str]:
    """Yield the reason of each link that is kept."""
    for low, high in kept:
        found = links[low, high]
        yield f"{found.verdict.value}: {keys[low]} >> {keys[high]} ({found.reason})"


def told(effects: Effects) -> str:
    """Return what a task touches, in few words; by which connection the source tells."""
    parts = []
    for verb, touched in (("reads", effects.reads), ("writes", effects.writes)):
        shown = [str(one) for one in sorted(touched) if one.kind != "connection"][:2]
        parts += [f"{verb} {', '.join(shown)}"] if shown else []
    return ", ".join(parts) or "touches nothing outside"
