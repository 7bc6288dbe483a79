import pytest

from airflow_tune.bench.measure.check import remarks_before, remarks_during
from airflow_tune.bench.measure.counters import Counters, joined, read_counters, read_governors, read_load
from airflow_tune.host.throttling import Throttling
from airflow_tune.host.tree import KernelTree
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.remark import Strain

MACHINE = Machine("host", "Linux", "x86_64", "a CPU", 0.5, "/sys/fs/cgroup/cpu.max", 2**30, 2, 2**33, "3.12")
STAT = "cpu  {busy} 0 0 {idle} 0 0 0 {steal} 0 0\ncpu0 1 0 0 1 0 0 0 0 0 0\n"


def counters(at_s, **found):
    return Counters(
        at_s, *(found.get(name) for name in ("own_s", "busy_s", "steal_s", "swapped_bytes", "throttling"))
    )


def names(remarks):
    return {one.name: one.void for one in remarks}


@pytest.mark.parametrize(
    ("strain", "expected"),
    [
        (Strain(), {}),
        (Strain(steal_share=0.019, others_share=0.09, swapped_bytes=2**20 - 1, throttled_periods=0), {}),
        (Strain(steal_share=0.02), {"steal": False}),
        (Strain(steal_share=0.1), {"steal": True}),
        (Strain(others_share=0.1), {"others": False}),
        (Strain(others_share=0.5), {"others": False}),
        (Strain(swapped_bytes=2**20), {"swap": False}),
        (Strain(swapped_bytes=100 * 2**20), {"swap": True}),
        (Strain(periods=100, throttled_periods=1, throttled_s=0.01), {}),
        (Strain(periods=100, throttled_periods=2, throttled_s=0.02), {"throttled": False}),
    ],
)
def test_what_disturbs_is_told_and_what_drowns_the_values_makes_them_void(strain, expected):
    assert names(remarks_during(strain, MACHINE)) == expected


@pytest.mark.parametrize(("share", "void"), [(0.49, False), (0.5, True)])
def test_a_curve_over_concurrency_is_void_where_others_hold_half_of_the_cores(share, void):
    found = remarks_during(Strain(others_share=share), MACHINE, scales=True)
    assert names(found) == {"others": void}


@pytest.mark.parametrize(
    ("strain", "expected"),
    [
        (Strain(load_before=0.99, governors=("performance",)), {}),
        (Strain(load_before=1.0), {"load": False}),
        (Strain(governors=("performance", "schedutil")), {"governor": False}),
    ],
)
def test_what_is_seen_before_is_told(strain, expected):
    assert names(remarks_before(strain, MACHINE)) == expected


def test_the_advice_under_a_quota_fits_it():
    strain = Strain(periods=200, throttled_periods=100, throttled_s=2.5)
    (remark,) = remarks_during(strain, MACHINE)
    assert remark.message == (
        "the CPU quota of 0.5 cores (/sys/fs/cgroup/cpu.max) stopped the processes in 50% of its periods,"
        " for 2.5s in all"
    )
    assert "run no more than 1 process that computes at a time" in remark.advice
    assert not remark.void, "it is what tasks get here"


def test_counters_become_shares_of_the_machine():
    before = counters(
        10.0, own_s=1.0, busy_s=5.0, steal_s=0.0, swapped_bytes=0, throttling=Throttling(1, 0, 0.0)
    )
    after = counters(
        20.0, own_s=4.0, busy_s=12.0, steal_s=1.0, swapped_bytes=4096, throttling=Throttling(9, 4, 1.5)
    )
    assert after.since(before, cores=2) == Strain(
        wall_s=10.0,
        steal_share=0.05,
        others_share=0.2,
        periods=8,
        throttled_periods=4,
        throttled_s=1.5,
        swapped_bytes=4096,
    )


def test_what_the_kernel_does_not_tell_stays_unknown():
    strain = counters(2.0, own_s=1.0).since(counters(1.0, own_s=0.0), cores=2)
    assert strain == Strain(wall_s=1.0)
    assert list(remarks_during(strain, MACHINE)) == []


def test_stretches_are_joined_by_their_length():
    one = Strain(1.0, 0.4, None, 10, 5, 1.0, None)
    other = Strain(3.0, 0.0, 0.2, 10, 0, 0.5, 7)
    assert joined(one, other) == Strain(4.0, 0.1, 0.2, 20, 5, 1.5, 7)
    assert joined(Strain(), one) == one


def test_the_kernels_files_are_read(tmp_path):
    files = {
        "proc/stat": STAT.format(busy=500, idle=100, steal=30),
        "proc/vmstat": "nr_free_pages 7\npswpin 2\npswpout 3\n",
        "proc/loadavg": "1.25 2.00 3.00 1/100 999\n",
        "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
        "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "powersave\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    tree = KernelTree(tmp_path)
    found = read_counters(tree)
    assert (found.busy_s, found.steal_s, found.throttling) == (5.0, 0.3, None)
    assert found.swapped_bytes == 5 * 4096
    assert read_load(tree) == 1.25
    assert read_governors(2, tree) == ("powersave",)


def test_a_machine_that_tells_nothing_is_read_all_the_same(tmp_path):
    tree = KernelTree(tmp_path)
    found = read_counters(tree)
    assert (found.busy_s, found.steal_s, found.swapped_bytes, found.throttling) == (None, None, None, None)
    assert read_load(tree) >= 0
    assert read_governors(2, tree) == ()
