"""What a result of the bench changes of an installation, and what of another host it does not."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from airflow_tune.errors import BenchError
from airflow_tune.host import read_host
from airflow_tune.installation.benched import benched_host, with_bench
from airflow_tune.installation.read import read_installation
from airflow_tune.installation.sources import Sources
from airflow_tune.suite.document import suite_text
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Curve, Suite, VariantResult, WorkloadResult
from airflow_tune.suite.remark import Remark, Strain

HOST = read_host()
MACHINE = Machine("h", "Linux", "x86_64", "", 2.0, "a test", 2**30, HOST.machine_cores.value, 2**34, "3.12")


def workload(name, *variants, curve=Curve.ALTERNATIVES, **models):
    return WorkloadResult(name, "?", "call", curve, variants, models=models)


@pytest.fixture
def suite():
    """A result in which all that is used was measured."""
    workloads = (
        workload("cpu-python", curve=Curve.SCALING, scaling={"speedup": 0.4, "fastest": 1}),
        workload(
            "airflow-start",
            VariantResult("import airflow", {}, (1.0,), peaks_bytes=(236 << 20, None, 236 << 20)),
            VariantResult("task", {}, (0.1,), figures={"first_task_s": (6.0, 5.0, None, 7.0)}),
        ),
        workload("dag-parse", VariantResult("a", {}, (0.5, 0.7)), VariantResult("b", {}, (0.2, None))),
        workload("db-concurrency", curve=Curve.SCALING, scaling={"speedup": 3.0, "fastest": 6}),
        workload(
            *("db-connect", VariantResult("new", {}, (0.05,)), VariantResult("kept", {}, (0.002,), scale=2.0))
        ),
    )
    return Suite("0", "2026-11-24T10:00:00Z", 1.0, True, {}, MACHINE, Strain(), workloads)  # noqa: FBT003


@pytest.fixture
def home(tmp_path):
    (tmp_path / "airflow.cfg").write_text("[core]\nexecutor = LocalExecutor\n", encoding="utf-8")
    return {"airflow_home": tmp_path, "airflow_version": "3.3.2", "env": {}}


def test_measured_figures_go_before_start_values(home, suite, tmp_path):
    (tmp_path / "bench.json").write_text(suite_text(suite), encoding="utf-8")
    before = read_installation(Sources(**home))
    after = read_installation(Sources(**home, bench=tmp_path / "bench.json"))
    assert after.host.cores.value == 0.4
    assert after.footprint.import_bytes.value == 236 << 20
    assert after.footprint.task_process_bytes.value == pytest.approx(
        before.footprint.task_process_bytes.value * 2, rel=0.001
    )
    assert after.footprint.first_task_s.value == 6.0
    assert after.parse_s_per_file.value == pytest.approx(0.4)
    assert "bench on h, 2026-11-24" in str(after.footprint.first_task_s.origin)
    told = " ".join(after.notes)
    assert "begin db_pool with 6" in told
    assert "1ms on a kept connection and 50ms at most with a new one" in told


def test_a_real_task_goes_before_the_import(home, suite):
    installation = read_installation(Sources(**home))
    known = installation.footprint
    peak = known.task_peak_bytes.value * 3 // 2
    task = VariantResult("task in a warm process", {}, (0.1,), peaks_bytes=(peak, None, peak))
    starts = replace(suite.workload("airflow-start"), variants=(*suite.workloads[1].variants[:1], task))
    found = with_bench(installation, replace(suite, workloads=(starts,))).footprint
    assert found.task_process_bytes.value == pytest.approx(known.task_process_bytes.value * 1.5, rel=0.001)
    assert "340.5 MiB that the process of a real task takes on h / 227 MiB" in str(
        found.task_process_bytes.origin
    )
    assert found.import_bytes.value == 236 << 20


def test_cores_that_scale_as_they_are_counted_stay(suite):
    good = replace(suite, workloads=(workload("cpu-python", scaling={"speedup": HOST.cores.value * 0.97}),))
    assert benched_host(HOST, good) == HOST


def test_the_cores_of_another_host_are_not_taken(suite):
    other = replace(suite, machine=replace(MACHINE, machine_cores=MACHINE.machine_cores + 62))
    found = benched_host(HOST, other)
    assert found.cores == HOST.cores
    assert "its cores are not taken from the bench: it was made on h" in " ".join(found.notes)


def test_flags_go_before_the_bench(home, suite, tmp_path):
    (tmp_path / "bench.json").write_text(suite_text(suite), encoding="utf-8")
    assert read_installation(Sources(**home, bench=tmp_path / "bench.json", cores="3")).host.cores.value == 3


def test_times_of_a_disturbed_machine_are_not_used_but_memory_is(home, suite):
    installation = read_installation(Sources(**home))
    remark = Remark("others", void=True, message="others used 1.7 of the 2 cores", advice="measure again")
    void = replace(suite, remarks=(remark,))
    assert benched_host(HOST, void).cores == HOST.cores
    found = with_bench(installation, void)
    assert found.footprint.first_task_s == installation.footprint.first_task_s
    assert found.parse_s_per_file == installation.parse_s_per_file
    assert found.footprint.import_bytes.value == 236 << 20
    assert (
        found.notes[-1] == "bench: others used 1.7 of the 2 cores: only the memory that it measured is used"
    )


def test_a_result_that_measured_nothing_changes_nothing(home, suite):
    installation = read_installation(Sources(**home))
    assert with_bench(installation, replace(suite, workloads=())) == installation


def test_a_file_that_is_no_result_is_refused(home, tmp_path):
    (tmp_path / "bench.json").write_text(json.dumps(asdict(Strain())), encoding="utf-8")
    with pytest.raises(BenchError, match="no result of bench"):
        read_installation(Sources(**home, bench=tmp_path / "bench.json"))
