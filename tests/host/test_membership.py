from __future__ import annotations

import pytest

from airflow_tune.host.membership import Levels, levels_of, parse_memberships
from airflow_tune.host.mount import CgroupMount
from airflow_tune.host.tree import KernelTree


def levels(tmp_path, group: str, root: str) -> Levels | None:
    for name in ("groups", "groups/app", "groups/app/job"):
        (tmp_path / name).mkdir()
    (membership,) = parse_memberships(f"0::{group}\n")
    return levels_of(membership, [CgroupMount(2, root, "/groups", frozenset())], KernelTree(tmp_path))


@pytest.mark.parametrize(
    ("group", "root", "directories"),
    [
        ("/", "/", ("/groups",)),
        ("/app/job", "/", ("/groups/app/job", "/groups/app", "/groups")),
        ("/app//job/", "/", ("/groups/app/job", "/groups/app", "/groups")),
        ("/x/app", "/x", ("/groups/app", "/groups")),
        ("/app (deleted)", "/", ("/groups/app", "/groups")),
        ("/../app/job", "/..", ("/groups/app/job", "/groups/app", "/groups")),
        ("/../../app", "/../..", ("/groups/app", "/groups")),
    ],
)
def test_groups_are_found_from_their_own_level_upwards(tmp_path, group, root, directories):
    assert levels(tmp_path, group, root) == Levels(directories)


@pytest.mark.parametrize("root", ["/..", "/../..", "/docker/other"])
def test_a_group_without_a_name_below_the_mount_gets_its_top_and_a_note(tmp_path, root):
    found = levels(tmp_path, "/app", root)
    assert found == Levels(
        ("/groups",), "the process's group /app has no name below /groups: only the limits there were read"
    )


@pytest.mark.parametrize(("group", "root"), [("/../x", "/"), ("/../../x", "/.."), ("/../x", "/app")])
def test_a_group_outside_of_the_mount_gets_no_level_and_a_note(tmp_path, group, root):
    found = levels(tmp_path, group, root)
    note = f"the process's group {group} is outside of /groups: its limits are not known"
    assert found == Levels((), note)


def test_lines_of_other_shapes_are_passed_over():
    assert parse_memberships("nonsense\n1:2\n") == ()


def test_colons_belong_to_the_path():
    (membership,) = parse_memberships("4:memory:/a:b/c\n")
    assert (membership.version, membership.group) == (1, "/a:b/c")


def test_a_group_without_a_fitting_mount_has_no_levels(tmp_path):
    (membership,) = parse_memberships("4:memory:/\n")
    mounts = [
        CgroupMount(2, "/", "/groups", frozenset()),
        CgroupMount(1, "/", "/groups", frozenset({"cpu"})),
    ]
    assert levels_of(membership, mounts, KernelTree(tmp_path)) is None


def test_a_hierarchy_may_be_mounted_at_the_root(tmp_path):
    (membership,) = parse_memberships("0::/app\n")
    (tmp_path / "app").mkdir()
    mount = CgroupMount(2, "/", "/", frozenset())
    assert levels_of(membership, [mount], KernelTree(tmp_path)) == Levels(("/app", "/"))
