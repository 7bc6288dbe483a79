"""Which groups the process belongs to, and the directories that show them, from its own upwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from airflow_tune.host.mount import CgroupMount
from airflow_tune.host.tree import KernelTree

_DELETED = " (deleted)"
_FIELDS = 3


class Membership(NamedTuple):
    """The process's group in one hierarchy, as a path from the root of its cgroup namespace."""

    version: int
    controllers: frozenset[str]
    group: str


class Levels(NamedTuple):
    """Directories from the process's own group up to the top that is mounted; `note` if any is hidden."""

    directories: tuple[str, ...]
    note: str = ""


def parse_memberships(cgroup: str) -> tuple[Membership, ...]:
    """Return the groups of /proc/self/cgroup, as cgroups(7) lays it out: `id:controllers:path`."""
    lines = (line.split(":", _FIELDS - 1) for line in cgroup.splitlines())
    return tuple(_membership(*fields) for fields in lines if len(fields) == _FIELDS)


def _membership(number: str, controllers: str, group: str) -> Membership:
    version = 2 if number == "0" and not controllers else 1
    return Membership(version, frozenset(controllers.split(",")), group.removesuffix(_DELETED))


def levels_of(membership: Membership, mounts: Iterable[CgroupMount], tree: KernelTree) -> Levels | None:
    """Return the directories of a group, through the mount that shows most of it; None if there is none."""
    fitting = [mount for mount in mounts if _shows(mount, membership)]
    choices = [_levels(membership.group, mount, tree) for mount in fitting]
    return min(choices, key=lambda levels: (not levels.directories, bool(levels.note)), default=None)


def _shows(mount: CgroupMount, membership: Membership) -> bool:
    if mount.version != membership.version:
        return False
    return mount.version == 2 or bool(mount.controllers & membership.controllers)  # noqa: PLR2004 - cgroup v2


def _levels(group: str, mount: CgroupMount, tree: KernelTree) -> Levels:
    """Return the levels of `group` below one mount.

    Both the group and the top of the mount are named from the root of the cgroup namespace, and either
    may lie above it ("/.."): a container that sees its host's hierarchy, a process that joined another
    container's namespaces. Where the names between them are not known, only what is surely above the
    process is read.
    """
    names, top = _names(group), _names(mount.root)
    below = names[len(top) :]
    if names[: len(top)] == top and ".." not in below:
        return _visible(mount.point, below, tree)
    if ".." in names and names.count("..") >= top.count(".."):
        return Levels(
            (), f"the process's group {group} is outside of {mount.point}: its limits are not known"
        )
    note = f"the process's group {group} has no name below {mount.point}: only the limits there were read"
    return Levels((mount.point,), note)


def _visible(point: str, names: list[str], tree: KernelTree) -> Levels:
    paths = ["/".join([point.rstrip("/"), *names[:count]]) or "/" for count in range(len(names), -1, -1)]
    seen = tuple(path for path in paths if tree.has_directory(path))
    note = "" if paths[0] in seen else f"{paths[0]} is not visible: limits there, if any, are not known"
    return Levels(seen, note)


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name]
