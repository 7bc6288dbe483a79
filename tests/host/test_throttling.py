import pytest

from airflow_tune.host.throttling import Throttling, read_throttling
from airflow_tune.host.tree import KernelTree

V1_MOUNT = "30 20 0:26 {root} /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
V2_MOUNT = "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"


def tree(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return KernelTree(root)


def test_v1_counts_in_nanoseconds(tmp_path):
    files = {
        "proc/self/cgroup": "3:cpu,cpuacct:/docker/abc\n2:memory:/x\n1:cpuset:/\n",
        "proc/self/mountinfo": V1_MOUNT.format(root="/docker/abc"),
        "sys/fs/cgroup/cpu,cpuacct/cpu.stat": "nr_periods 20\nnr_throttled 5\nthrottled_time 1500000000\n",
    }
    assert read_throttling(tree(tmp_path, files)) == Throttling(20, 5, 1.5)


def test_v2_counts_in_microseconds_and_the_level_that_was_stopped_longest_is_told(tmp_path):
    files = {
        "proc/self/cgroup": "0::/kube/pod\n",
        "proc/self/mountinfo": V2_MOUNT,
        "sys/fs/cgroup/kube/pod/cpu.stat": "usage_usec 1\nnr_periods 9\nnr_throttled 1\nthrottled_usec 5\n",
        "sys/fs/cgroup/kube/cpu.stat": "usage_usec 1\nnr_periods 8\nnr_throttled 4\nthrottled_usec 250000\n",
        "sys/fs/cgroup/cpu.stat": "usage_usec 1\nuser_usec 1\nsystem_usec x\n",
    }
    assert read_throttling(tree(tmp_path, files)) == Throttling(8, 4, 0.25)


@pytest.mark.parametrize("files", [{}, {"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": V2_MOUNT}])
def test_where_nothing_counts_nothing_is_known(tmp_path, files):
    assert read_throttling(tree(tmp_path, files)) is None


def test_what_came_after_is_told_apart():
    assert Throttling(10, 5, 2.0).since(Throttling(4, 3, 0.5)) == Throttling(6, 2, 1.5)
