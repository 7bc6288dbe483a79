from __future__ import annotations

import pytest

from airflow_tune.host.mount import CgroupMount, parse_mounts


def test_v1_and_v2_hierarchies_are_found_among_other_mounts():
    mountinfo = (
        "25 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
        "30 25 0:26 / /sys/fs/cgroup/unified rw shared:4 master:1 - cgroup2 cgroup2 rw\n"
        "40 30 0:30 /docker/x /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
    )
    assert parse_mounts(mountinfo) == (
        CgroupMount(2, "/", "/sys/fs/cgroup/unified", frozenset()),
        CgroupMount(1, "/docker/x", "/sys/fs/cgroup/cpu,cpuacct", frozenset({"rw", "cpu", "cpuacct"})),
    )


def test_escaped_characters_are_read():
    (mount,) = parse_mounts("30 25 0:26 /a\\011b /my\\040groups\\134x rw - cgroup2 none rw\n")
    assert (mount.root, mount.point) == ("/a\tb", "/my groups\\x")


@pytest.mark.parametrize("line", ["", "short", "30 25 0:26 / /sys rw - cgroup2", "30 25 / - cgroup2 none rw"])
def test_lines_of_other_shapes_are_passed_over(line):
    assert parse_mounts(line) == ()
