"""Airflow's own objects while a file is read: DAG, task, TaskGroup, XComArg, Label."""

from __future__ import annotations

from dataclasses import dataclass, field

from airflow_tune.dags.model import Name, Place, Unknown


@dataclass(slots=True, eq=False)
class DagValue:
    """A DAG under construction."""

    dag_id: Name
    place: Place
    arguments: dict[str, object]
    tasks: dict[str, TaskValue] = field(default_factory=dict)
    doubts: dict[tuple[str, int], Unknown] = field(default_factory=dict)
    edges: dict[tuple[str, str], Place] = field(default_factory=dict)
    used_ids: set[str] = field(default_factory=set)
    root: GroupValue = field(init=False)
    cls: object = None
    extra: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = GroupValue("", self, None)

    def doubt(self, reason: Unknown) -> None:
        """Remember why the graph may not be complete."""
        self.doubts.setdefault((reason.reason, reason.line), reason)


@dataclass(slots=True, eq=False)
class GroupValue:
    """A TaskGroup; the root of a DAG has no name and no parent."""

    name: Name
    dag: DagValue | None
    parent: GroupValue | None
    prefix: bool = True
    default_args: dict[str, object] = field(default_factory=dict)
    children: dict[str, TaskValue | GroupValue] = field(default_factory=dict)
    upstream: list[TaskValue] = field(default_factory=list)
    references: list[TaskValue] = field(default_factory=list)
    mapped: bool = False
    cls: object = None
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def group_id(self) -> Name:
        """Return the full id, with the prefixes of the groups around it."""
        if self.parent is None or not self.parent.prefix or isinstance(self.name, Unknown):
            return self.name
        return self.parent.child_id(self.name)

    def child_id(self, label: Name) -> Name:
        """Return the id of a child: prefixed unless this group forbids it or is a root."""
        group_id = self.group_id
        if not self.prefix or group_id == "" or isinstance(label, Unknown):
            return label
        if isinstance(group_id, Unknown):
            return Unknown(group_id.reason, group_id.line)
        return f"{group_id}.{label}"

    def tasks(self) -> list[TaskValue]:
        """Return all tasks inside, in the order they were added."""
        found: list[TaskValue] = []
        for child in self.children.values():
            if isinstance(child, TaskValue):
                found.append(child)
            else:
                found.extend(child.tasks())
        return found


@dataclass(slots=True, eq=False)
class TaskValue:
    """A task: `upstream` and `downstream` are its direct neighbours in the order they were set.

    `made`: Airflow's own `__init__` was done; attributes may be set before.
    """

    key: str
    task_id: Name
    operator: str
    place: Place
    arguments: dict[str, object]
    dag: DagValue | None = None
    group: GroupValue | None = None
    mapped: bool = False
    is_setup: bool = False
    is_teardown: bool = False
    upstream: dict[TaskValue, None] = field(default_factory=dict)
    downstream: dict[TaskValue, None] = field(default_factory=dict)
    cls: object = None
    extra: dict[str, object] = field(default_factory=dict)
    templates: tuple[str, ...] | None = None
    made: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class XCom:
    """What tasks will return: `.output`, a TaskFlow call, and `map`, `zip`, `concat` of those."""

    tasks: tuple[TaskValue, ...]
    key: str = "return_value"


@dataclass(frozen=True, slots=True, eq=False)
class MappedArgument:
    """The argument of a mapped task group: it refers to whatever the group expands over."""

    tasks: tuple[TaskValue, ...]


@dataclass(slots=True, eq=False)
class LabelValue:
    """An edge label, which joins what is set on its two sides."""

    label: object
    upstream: list[object] = field(default_factory=list)
    downstream: list[object] = field(default_factory=list)
