import json
from dataclasses import replace

import pytest

from airflow_tune.errors import BenchError
from airflow_tune.suite.document import SCHEMA, parse_suite, read_suite, suite_json, suite_text
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Curve, Suite, VariantResult, WorkloadResult
from airflow_tune.suite.remark import Remark, Strain

MACHINE = Machine("host", "Linux 6.1", "x86_64", "a CPU", 0.5, "cpu.max", 2**30, 2, 2**33, "CPython 3.12.1")
SUITE = Suite(
    tool_version="1.0",
    started_at="2026-01-02T03:04:05Z",
    elapsed_s=12.5,
    complete=True,
    options={"length": "quick"},
    machine=MACHINE,
    strain=Strain(wall_s=12.5, steal_share=0.01, governors=("powersave",)),
    workloads=(
        WorkloadResult(
            name="batch",
            question="How large?",
            unit="row",
            curve=Curve.BATCH,
            variants=(
                VariantResult(
                    "1 row", {"rows": 1, "copy": False}, (0.1, None), 1.0, figures={"x_s": (1.0, None)}
                ),
                VariantResult("10 rows", {"rows": 10}, (0.2, 0.3), 10.0, peaks_bytes=(1, 2), base_bytes=1),
            ),
            axis="rows",
            models={"knee": {"at": 10}},
            remarks=(Remark("steal", void=True, message="taken"),),
        ),
    ),
)


def document(**changes):
    return json.dumps(suite_json(SUITE) | changes)


def test_a_result_is_read_back_as_it_was_written(tmp_path):
    path = tmp_path / "bench.json"
    path.write_text(suite_text(SUITE), encoding="utf-8")
    assert read_suite(path) == SUITE
    assert json.loads(suite_text(SUITE))["schema"] == SCHEMA


def test_what_a_later_version_adds_is_passed_over_and_defaults_may_be_missing():
    value = suite_json(SUITE) | {"later": 1}
    del value["summary"]
    assert parse_suite(json.dumps(value), "x") == SUITE


def test_rounds_that_were_lost_are_left_out_of_the_kept_values():
    (workload,) = SUITE.workloads
    assert workload.variant("1 row").kept_s == (0.1,)
    assert workload.variant("none") is None
    assert SUITE.workload("batch") is workload


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (suite_text(SUITE)[:-20], "no whole JSON"),
        ("[" * 100_000, "no whole JSON"),
        ("[]", "it names no schema"),
        ('{"schema": "airflow-tune/analyze/1"}', 'its schema is "airflow-tune/analyze/1"'),
        (document(schema="airflow-tune/bench/2"), "has schema 2; this version reads 1"),
        (document(machine=None), "machine: an object is wanted, not None"),
        (document(elapsed_s="12"), "elapsed_s: a number is wanted, not '12'"),
        (document(elapsed_s=float("nan")), "elapsed_s: a number is wanted, not nan"),
        (document(complete=1), "complete: true or false is wanted"),
        (document(workloads={}), "workloads: a list is wanted"),
        (document(options=[]), "options: an object is wanted"),
        (document(workloads=[{"name": 3}]), "workloads[0].name: text is wanted, not 3"),
        (document(workloads=[{"name": "x"}]), "workloads[0].question: is missing"),
    ],
)
def test_what_is_no_result_is_refused_with_its_place(text, message):
    with pytest.raises(BenchError) as told:
        parse_suite(text, "old.json")
    assert message in str(told.value)
    assert str(told.value).startswith("old.json: ")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("curve", "bent", "curve: alternatives or batch or scaling is wanted"),
        (
            "variants",
            [{"name": "a", "parameters": {"rows": [1]}}],
            "parameters.rows: str or int or float or bool",
        ),
        (
            "variants",
            [{"name": "a", "parameters": {}, "values_s": [True]}],
            "values_s[0]: a number is wanted",
        ),
    ],
)
def test_a_workload_that_does_not_hold_together_is_refused(field, value, message):
    workload = suite_json(SUITE)["workloads"][0] | {field: value}
    with pytest.raises(BenchError) as told:
        parse_suite(document(workloads=[workload]), "x")
    assert message in str(told.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(BenchError, match=r"could not be read: No such file.*\n.*check its path"):
        read_suite(tmp_path / "none.json")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BenchError, match="this is no text"):
        read_suite(binary)


def test_numbers_that_json_does_not_know_are_never_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        suite_text(replace(SUITE, elapsed_s=float("inf")))


def test_hosts_are_told_apart():
    other = replace(MACHINE, cores=2.0, system="Linux 6.2")
    assert MACHINE.differs_from(MACHINE) == ()
    assert MACHINE.differs_from(other) == ("cores: 0.5, 2.0",)
