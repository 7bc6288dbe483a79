"""Inside a real cgroup of half a CPU, where one may be made: throttling is noticed, and the advice fits."""

import json
import os
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path

import pytest

from airflow_tune.host.mount import parse_mounts

# Joins the group, then measures processes that compute: together they want more than half a CPU.
CODE = """
import json, sys
from pathlib import Path
Path(sys.argv[1], "cgroup.procs").write_text("0")
from airflow_tune.bench.catalog import workload
from airflow_tune.bench.measure.effort import Budget
from airflow_tune.bench.measure.interrupt import Stop
from airflow_tune.bench.measure.plan import Plan
from airflow_tune.bench.measure.run import run
from airflow_tune.bench.workload import Length, Wishes
from airflow_tune.host import read_host
from airflow_tune.suite.document import suite_text
host = read_host()
wishes = Wishes(Length.QUICK, host.cores.value)
plan = Plan((workload("cpu-python"),), wishes, Budget(20, 30, 0.01, 0.3, 1, 1))
print(suite_text(run(plan, host, Stop(), lambda *_: None)))
"""


@pytest.fixture
def half_a_cpu():
    """A cgroup that is granted half a CPU."""
    for mount in parse_mounts(Path("/proc/self/mountinfo").read_text(encoding="utf-8")):
        if mount.version == 1 and "cpu" not in mount.controllers:
            continue
        group = Path(mount.point, f"airflow-tune-{uuid.uuid4().hex}")
        with suppress(OSError):
            group.mkdir()
            if _limited(group):
                yield group
                group.rmdir()
                return
            group.rmdir()
    pytest.skip("no cgroup may be made here; recorded ones are tested in tests/host/test_throttling.py")


def _limited(group):
    """Grant half a CPU, and of what others want as well the larger part, so that the quota is what limits."""
    files = {
        "cpu.max": "50000 100000",
        "cpu.weight": "10000",
        "cpu.cfs_quota_us": "50000",
        "cpu.shares": "65536",
    }
    there = {group / name: text for name, text in files.items() if (group / name).exists()}
    for path, text in there.items():
        path.write_text(text)
    return bool(there)


def test_throttling_is_noticed_and_the_advice_fits_the_quota(half_a_cpu):
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(half_a_cpu)],
        capture_output=True,
        text=True,
        env=os.environ,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["machine"]["cores"] == 0.5
    assert str(half_a_cpu) in found["machine"]["cores_origin"]
    assert found["strain"]["throttled_periods"] > 0
    assert found["strain"]["throttled_s"] > 0
    (remark,) = (one for one in found["remarks"] if one["name"] == "throttled")
    assert remark["message"].startswith("the CPU quota of 0.5 cores")
    assert "no more than 1 process that computes" in remark["advice"]
