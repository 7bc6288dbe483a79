"""Which executors `core.executor` names, for 2.x and 3.x.

Grammar read in Airflow's `executors/executor_loader.py`: groups split by `;`, a group is
`[team=]name,name,…`, a name is a core name, a module path, or `alias:` before either.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from airflow_tune.errors import SettingsError
from airflow_tune.versions import AirflowVersion


class ExecutorKind(str, Enum):
    """The executors whose limits the tool knows; anything else is OTHER."""

    SEQUENTIAL = "SequentialExecutor"
    LOCAL = "LocalExecutor"
    CELERY = "CeleryExecutor"
    KUBERNETES = "KubernetesExecutor"
    OTHER = "other"


class Executor(NamedTuple):
    """One executor of the installation, as named in `core.executor`, with its alias if it has one."""

    kind: ExecutorKind
    name: str
    alias: str = ""
    team: str = ""


_HYBRIDS = {
    "CeleryKubernetesExecutor": (ExecutorKind.CELERY, ExecutorKind.KUBERNETES),
    "LocalKubernetesExecutor": (ExecutorKind.LOCAL, ExecutorKind.KUBERNETES),
}


def _kinds(name: str) -> tuple[ExecutorKind, ...]:
    class_name = name.rpartition(".")[2]
    if class_name in _HYBRIDS:
        return _HYBRIDS[class_name]
    known = {kind.value: kind for kind in ExecutorKind if kind is not ExecutorKind.OTHER}
    return (known.get(class_name, ExecutorKind.OTHER),)


def _group(text: str, version: AirflowVersion) -> list[Executor]:
    team, _, names = text.rpartition("=")
    found = []
    for raw in filter(None, (part.strip() for part in names.split(","))):
        alias, _, name = raw.rpartition(":")
        for kind in _kinds(name):
            replaced = kind is ExecutorKind.SEQUENTIAL and not version.has_sequential_executor
            found.append(
                Executor(ExecutorKind.LOCAL if replaced else kind, name, alias.strip(), team.strip())
            )
    return found


def parse_executors(
    text: str, version: AirflowVersion, *, where: str = "core.executor"
) -> tuple[Executor, ...]:
    """Return the executors that `text` names, in order; the first one is the default.

    Raises SettingsError when it names none.
    """
    found = [one for group in text.split(";") for one in _group(group, version)]
    if not found:
        raise SettingsError(
            "core.executor names no executor", where=where, remedy="set it to LocalExecutor, for one"
        )
    return tuple(found)
