from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from airflow_tune.errors import HostError
from airflow_tune.host import Resource, read_host, reading
from airflow_tune.host.model import HostLimit
from airflow_tune.origins import OriginKind

TREES = Path(__file__).parent / "trees"
GIB = 1024**3
CGROUP = "/sys/fs/cgroup"
MACHINE_CORES = (8.0, "/proc/stat")
MACHINE_MEMORY = (16.0, "/proc/meminfo")
PODS = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7.slice"

# What each recorded tree grants: cores and GiB, each with the file that it was read from.
GRANTED = {
    "v2-bare-metal": (MACHINE_CORES, MACHINE_MEMORY),
    "v2-docker": ((1.5, f"{CGROUP}/cpu.max"), (2.0, f"{CGROUP}/memory.max")),
    "v2-kubernetes-node": (
        (3.0, f"{CGROUP}/kubepods.slice/cpu.max"),
        (1.0, f"{CGROUP}{PODS}/memory.max"),
    ),
    "v2-systemd-slice": (
        (2.0, f"{CGROUP}/user.slice/user-1000.slice/cpu.max"),
        (8.0, f"{CGROUP}/user.slice/user-1000.slice/memory.max"),
    ),
    "v2-cpuset-only": ((3.0, f"{CGROUP}/batch/cpuset.cpus.effective"), MACHINE_MEMORY),
    "v2-controllers-off": (MACHINE_CORES, MACHINE_MEMORY),
    "v2-larger-than-machine": (MACHINE_CORES, MACHINE_MEMORY),
    "v2-zero": (MACHINE_CORES, MACHINE_MEMORY),
    "v2-garbage": (MACHINE_CORES, MACHINE_MEMORY),
    "v2-quota-alone": ((0.5, f"{CGROUP}/cpu.max"), MACHINE_MEMORY),
    "v2-unreadable": (MACHINE_CORES, MACHINE_MEMORY),
    "v2-outside-namespace": (MACHINE_CORES, MACHINE_MEMORY),
    "v2-host-hierarchy-in-container": (MACHINE_CORES, (8.0, f"{CGROUP}/memory.max")),
    "v2-namespace-above": ((4.0, f"{CGROUP}/app/job/cpu.max"), (3.0, f"{CGROUP}/app/memory.max")),
    "v2-own-group-hidden": (MACHINE_CORES, (2.0, f"{CGROUP}/system.slice/memory.max")),
    "v2-not-mounted": (MACHINE_CORES, MACHINE_MEMORY),
    "v2-mounted-twice": (MACHINE_CORES, (4.0, "/mnt/my groups/app/job/memory.max")),
    "v1-docker": (
        (1.5, f"{CGROUP}/cpu,cpuacct/cpu.cfs_quota_us"),
        (2.0, f"{CGROUP}/memory/memory.limit_in_bytes"),
    ),
    "v1-docker-namespaced": (
        (1.5, f"{CGROUP}/cpu,cpuacct/cpu.cfs_quota_us"),
        (2.0, f"{CGROUP}/memory/memory.limit_in_bytes"),
    ),
    "v1-unlimited": (MACHINE_CORES, MACHINE_MEMORY),
    "v1-pages-of-64-kib": (MACHINE_CORES, MACHINE_MEMORY),
    "v1-kubernetes": (MACHINE_CORES, (1.0, f"{CGROUP}/memory/memory.stat:3")),
    "v1-kubernetes-node": (
        (0.25, f"{CGROUP}/cpu,cpuacct/kubepods/burstable/pod7/cpu.cfs_quota_us"),
        (1.0, f"{CGROUP}/memory/kubepods/burstable/pod7/memory.limit_in_bytes"),
    ),
    "v1-nested-docker": (
        (2.0, f"{CGROUP}/cpu,cpuacct/cpu.cfs_quota_us"),
        (2.0, f"{CGROUP}/memory/memory.limit_in_bytes"),
    ),
    "v1-cpuset-only": ((3.0, f"{CGROUP}/cpuset/batch/cpuset.cpus"), MACHINE_MEMORY),
    "v1-zero-and-garbage": (MACHINE_CORES, MACHINE_MEMORY),
    "v1-period-missing": ((1.0, f"{CGROUP}/cpu,cpuacct/cpu.cfs_quota_us"), MACHINE_MEMORY),
    "v1-parents-not-charged": (MACHINE_CORES, (4.0, f"{CGROUP}/memory/a/b/memory.limit_in_bytes")),
    "hybrid-v1-limits": (
        (2.5, f"{CGROUP}/cpu,cpuacct/job/cpu.cfs_quota_us"),
        (3.0, f"{CGROUP}/memory/job/memory.limit_in_bytes"),
    ),
    "hybrid-v2-memory": (
        (2.5, f"{CGROUP}/cpu,cpuacct/job/cpu.cfs_quota_us"),
        (3.0, f"{CGROUP}/unified/job/memory.max"),
    ),
    "affinity-only": ((2.0, "/proc/self/status:4"), MACHINE_MEMORY),
    "no-cgroups": (MACHINE_CORES, MACHINE_MEMORY),
    "cpuinfo-only": ((2.0, "/proc/cpuinfo"), MACHINE_MEMORY),
}

NO_CPU = "no controller for cpu is on in the process's groups: no limit was found"
NO_MEMORY = "no controller for memory is on in the process's groups: no limit was found"

# Trees in which something could not be seen or made no sense; all others must be silent.
NOTED = {
    "v2-controllers-off": {NO_CPU, NO_MEMORY},
    "v2-mounted-twice": {NO_CPU},
    "v1-cpuset-only": {NO_MEMORY},
    "v2-zero": {
        f"{CGROUP}/cpu.max: not used: no process could run with 0 of 100000 µs",
        f"{CGROUP}/memory.max: not used: no process could run with 0 bytes",
    },
    "v2-garbage": {
        f"{CGROUP}/cpu.max: not used: 3 words where a quota and a period should stand",
        f'{CGROUP}/cpuset.cpus.effective: not used: "3-1" is no range of CPUs',
        f'{CGROUP}/memory.max: not used: "lots" is no whole number',
        f'{CGROUP}/memory.high: not used: "" is no whole number',
    },
    "v1-zero-and-garbage": {
        f'{CGROUP}/cpu,cpuacct/cpu.cfs_quota_us: not used: "lots" is no whole number',
        f'{CGROUP}/cpuset/cpuset.cpus: not used: "a" is no whole number',
        f"{CGROUP}/memory/memory.limit_in_bytes: not used: no process could run with 0 bytes",
        f"{CGROUP}/memory/memory.stat:3: not used: no process could run with -5 bytes",
    },
    "v2-unreadable": {f"{CGROUP}/job/memory.max: could not be read: Is a directory"},
    "v2-outside-namespace": {
        f"the process's group /../sibling is outside of {CGROUP}: its limits are not known",
    },
    "v2-host-hierarchy-in-container": {
        f"the process's group / has no name below {CGROUP}: only the limits there were read",
    },
    "v1-nested-docker": {
        f"the process's group /kubepods/pod7/4f1c0a9d has no name below {CGROUP}/{name}: "
        "only the limits there were read"
        for name in ("cpu,cpuacct", "cpuset", "memory")
    },
    "v2-own-group-hidden": {
        f"{CGROUP}/system.slice/job.service is not visible: limits there, if any, are not known",
    },
    "v2-not-mounted": {"the hierarchy of cgroup v2 is not mounted: its limits are not known"},
}


def test_every_recorded_tree_is_expected():
    assert {path.name for path in TREES.iterdir()} == set(GRANTED)


@pytest.mark.parametrize("name", GRANTED)
def test_recorded_trees_grant_what_their_kernel_would(name):
    host = read_host(TREES / name)
    cores, memory = GRANTED[name]
    assert (host.cores.value, str(host.cores.origin)) == cores
    assert (host.memory_bytes.value / GIB, str(host.memory_bytes.origin)) == memory
    assert isinstance(host.cores.value, float)
    assert isinstance(host.memory_bytes.value, int)
    assert host.cores.origin.kind is OriginKind.HOST


@pytest.mark.parametrize("name", GRANTED)
def test_recorded_trees_say_what_could_not_be_used(name):
    assert set(read_host(TREES / name).notes) == NOTED.get(name, set())


def limit(name: str, path: str) -> HostLimit:
    (found,) = (each for each in read_host(TREES / name).limits if str(each.origin) == path)
    return found


def test_all_limits_are_kept_and_the_binding_one_is_marked():
    host = read_host(TREES / "v2-kubernetes-node")
    assert [str(each.origin) for each in host.limits if each.binding] == [
        f"{CGROUP}/kubepods.slice/cpu.max",
        f"{CGROUP}{PODS}/memory.max",
    ]
    container = limit("v2-kubernetes-node", f"{CGROUP}{PODS}/cri-containerd-4f1c0a9d.scope/memory.max")
    assert (container.value, container.binding, container.resource) == (4 * GIB, False, Resource.MEMORY)
    assert len(host.limits) == 1 + 4 * 3 + 1


def test_no_limit_is_told_from_a_limit():
    assert limit("v2-bare-metal", f"{CGROUP}/user.slice/memory.max").value is None
    assert limit("v1-unlimited", f"{CGROUP}/memory/memory.limit_in_bytes").value is None


def test_limits_beyond_the_machine_do_not_bind():
    for file in ("cpu.max", "cpuset.cpus.effective", "memory.max"):
        beyond = limit("v2-larger-than-machine", f"{CGROUP}/{file}")
        assert (beyond.binding, beyond.note) == (False, "more than the machine has")
    assert limit("v2-larger-than-machine", f"{CGROUP}/memory.max").value == 128 * GIB


def test_a_limit_that_equals_the_machine_does_not_bind():
    assert not limit("v2-docker", f"{CGROUP}/cpuset.cpus.effective").binding


def test_memory_high_slows_down_and_bounds_nothing():
    job = "/user.slice/user-1000.slice/user@1000.service/app.slice/job.service"
    high = limit("v2-systemd-slice", f"{CGROUP}{job}/memory.high")
    assert (high.value, high.soft, high.binding) == (4 * GIB, True, False)


def test_equal_limits_all_bind_and_the_nearest_is_named():
    host = read_host(TREES / "v1-docker")
    assert [each.binding for each in host.limits if each.value == 2 * GIB] == [True, True]


def test_a_tree_without_cores_is_refused(tmp_path):
    message = "/proc/stat: the number of cores could not be read\n  → give --cores"
    with pytest.raises(HostError) as refused:
        read_host(tmp_path)
    assert str(refused.value) == message


@pytest.mark.parametrize("meminfo", [None, "MemTotal: lots\n", "MemTotal:       0 kB\n"])
def test_a_tree_without_memory_is_refused(tmp_path, meminfo):
    proc = tmp_path / "proc"
    proc.mkdir()
    (proc / "stat").write_text("cpu  1\ncpu0 1\n", encoding="ascii")
    if meminfo is not None:
        (proc / "meminfo").write_text(meminfo, encoding="ascii")
    with pytest.raises(HostError) as refused:
        read_host(tmp_path)
    assert str(refused.value) == "/proc/meminfo: the size of memory could not be read\n  → give --memory"


def test_this_machine_is_read_as_psutil_reads_it():
    host = read_host()
    assert host.machine_cores.value == psutil.cpu_count()
    assert host.machine_memory_bytes.value == psutil.virtual_memory().total
    assert 0 < host.cores.value <= host.machine_cores.value
    assert 0 < host.memory_bytes.value <= host.machine_memory_bytes.value


def test_without_proc_psutil_alone_is_asked(tmp_path, monkeypatch):
    """A live root without /proc is what macOS and Windows have."""
    monkeypatch.setattr(reading, "LIVE", tmp_path)
    host = read_host(tmp_path)
    assert host.machine_cores.value == psutil.cpu_count()
    assert str(host.machine_cores.origin) == "psutil.cpu_count"
    assert host.machine_memory_bytes.value == psutil.virtual_memory().total
    assert str(host.memory_bytes.origin) == "psutil.virtual_memory"
    assert host.notes == ()


def test_without_proc_affinity_comes_from_psutil(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LIVE", tmp_path)
    monkeypatch.setattr(psutil.Process, "cpu_affinity", lambda _: [3], raising=False)
    monkeypatch.setattr(psutil, "cpu_count", lambda: 4)
    host = read_host(tmp_path)
    assert (host.cores.value, str(host.cores.origin)) == (1.0, "psutil.Process.cpu_affinity")


def test_a_platform_without_affinity_has_no_limit_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LIVE", tmp_path)
    monkeypatch.delattr(psutil.Process, "cpu_affinity", raising=False)
    assert read_host(tmp_path).limits == ()


def test_a_platform_that_cannot_count_its_cores_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LIVE", tmp_path)
    monkeypatch.setattr(psutil, "cpu_count", lambda: None)
    with pytest.raises(HostError, match="give --cores"):
        read_host(tmp_path)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this platform sets no affinity")
def test_affinity_of_a_real_process_is_read():
    cpu = min(os.sched_getaffinity(0))
    code = (
        f"import os; os.sched_setaffinity(0, [{cpu}])\n"
        "from airflow_tune.host import read_host; print(read_host().cores.value <= 1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_reading_a_linux_host_loads_no_psutil():
    code = "import sys; from airflow_tune.host import read_host; read_host(); print('psutil' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{not sys.platform.startswith('linux')}\n"
