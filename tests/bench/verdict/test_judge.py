"""Grades, and a result with all that is made of it."""

from __future__ import annotations

import dataclasses

import pytest

from airflow_tune.bench import catalog
from airflow_tune.bench.verdict import standing as standings
from airflow_tune.bench.verdict.grade import grade
from airflow_tune.bench.verdict.ideal import BATCHES, PROCESSES
from airflow_tune.bench.verdict.judge import judge, summarise, with_verdicts
from airflow_tune.bench.verdict.par import PARS
from airflow_tune.bench.verdict.yardstick import YARDSTICKS
from airflow_tune.suite.document import parse_suite, suite_text
from airflow_tune.suite.model import Curve

REFERENCE_S = 1e-4


@pytest.fixture
def graded(make_workload, make_suite, monkeypatch):
    """Return a function from seconds and peak bytes to the grade of work whose par is 100 references."""
    monkeypatch.setattr(standings, "PARS", {"rows": 100.0})

    def made(seconds, peak=2**20, **more):
        result = make_workload({"slow": (9 * seconds,), "fast": (seconds,)}, peak=peak, **more)
        variants = tuple(dataclasses.replace(one, references_s=(REFERENCE_S,)) for one in result.variants)
        return grade(dataclasses.replace(result, variants=variants), make_suite().machine)

    return made


@pytest.mark.parametrize(
    ("seconds", "letter"),
    [(0.01, "A"), (0.0199, "A"), (0.0201, "B"), (0.099, "B"), (0.101, "C"), (0.199, "C"), (0.201, "D")],
)
def test_time_is_judged_by_its_par_in_the_hosts_own_reference(graded, seconds, letter):
    found = graded(seconds)
    assert found.letter == letter
    assert found.variant == "fast"
    assert found.time_of_par == pytest.approx(seconds / REFERENCE_S / 100)


@pytest.mark.parametrize(("gib", "letter"), [(0.1, "A"), (0.3, "B"), (1.5, "C"), (3, "D")])
def test_memory_is_judged_by_what_the_host_has_for_each_core(graded, gib, letter):
    """The host has 4 GiB for each of two cores."""
    found = graded(0.01, int(gib * 2**30))
    assert found.letter == letter
    assert found.memory_share == pytest.approx(gib / 4, rel=1e-6)


def test_what_memory_takes_is_not_needed_for_a_grade(graded):
    assert graded(0.01, None).letter == "A"


def test_work_without_par_reference_or_values_has_no_grade(graded, make_workload, make_suite):
    machine = make_suite().machine
    assert graded(0.01, name="others") == "there is no par for it"
    assert grade(make_workload({"a": (0.01,)}), machine) == "the host's reference was not measured beside it"
    assert grade(make_workload({"a": (None,)}), machine) == "no round of it gave a value"
    assert grade(make_workload({}, skipped="no --db-url was given"), machine) == "no --db-url was given"


def test_every_workload_can_be_graded():
    assert {*PARS, *YARDSTICKS, BATCHES, PROCESSES} == set(catalog.NAMES)


def measured(make_workload, name, values, **figures):
    """Return a workload whose variants were measured beside a reference and `figures`."""
    work = make_workload(values, name=name)
    told = {figure: (seconds,) for figure, seconds in figures.items()}
    variants = (dataclasses.replace(one, references_s=(REFERENCE_S,), figures=told) for one in work.variants)
    return dataclasses.replace(work, variants=tuple(variants))


def test_a_database_is_judged_by_its_own_round_trip_as_well(make_workload, make_suite, monkeypatch):
    monkeypatch.setattr(standings, "PARS", {"db-connect": 10.0})
    values = {"connection for each query": (1.0,), "pool": (0.008,)}
    near = grade(measured(make_workload, "db-connect", values, round_trip_s=1e-4), make_suite().machine)
    far = grade(measured(make_workload, "db-connect", values, round_trip_s=1e-2), make_suite().machine)
    assert (near.letter, near.variant) == ("B", "pool")
    assert near.time_of_par == pytest.approx(0.008 / (10 * REFERENCE_S + 3e-4))
    assert far.letter == "A"
    assert near.par == "10 references and, for each call, 3 × an empty round trip with the server"


def test_parsing_is_judged_by_the_slowest_file_beside_a_dag_of_one_task(make_workload, make_suite):
    values = {"light.py": (0.02,), "heavy.py": (0.9,)}
    found = grade(measured(make_workload, "dag-parse", values, sample_s=0.02), make_suite().machine)
    assert (found.letter, found.variant, found.time_of_par) == ("D", "heavy.py", pytest.approx(45))
    alone = grade(measured(make_workload, "dag-parse", {"sample": (0.02,)}), make_suite().machine)
    assert alone == "parsing a file with a DAG of one task was not measured beside it"


def test_a_variant_that_was_lost_gives_no_grade(make_workload, make_suite):
    values = {"python": (0.02,), "import airflow": (None,)}
    lost = measured(make_workload, "airflow-start", values, code_load_s=0.4)
    assert grade(lost, make_suite().machine) == '"import airflow" gave no value'


@pytest.mark.parametrize(("many", "letter"), [(1.05, "A"), (1.2, "B"), (1.9, "C"), (2.1, "D")])
def test_processes_are_judged_by_the_share_of_the_gain_that_is_lost(make_workload, make_suite, many, letter):
    """Two processes that take as long as one for twice the work lose nothing."""
    values = {1: (1.0, 2.0, None), 2: (many / 2, many, 9.0)}
    found = grade(make_workload(values, Curve.SCALING, PROCESSES), make_suite().machine)
    assert found.letter == letter
    assert found.lost_share == pytest.approx(2 - 2 / many)


def test_one_core_has_nothing_to_gain_from_processes(make_workload, make_suite):
    machine = dataclasses.replace(make_suite().machine, cores=0.5)
    work = make_workload({1: (1.0,), 2: (1.0,)}, Curve.SCALING, PROCESSES)
    assert "nothing to gain" in grade(work, machine)


@pytest.mark.parametrize(("growth", "letter"), [(1, "A"), (2, "D")])
def test_a_function_whose_time_outgrows_its_items_fails(make_workload, make_suite, growth, letter):
    values = {size: (1e-6 * size ** (growth - 1),) for size in (1, 10, 100, 1_000)}
    found = grade(make_workload(values, Curve.BATCH, BATCHES), make_suite().machine)
    assert found.letter == letter
    assert found.time_of_par == pytest.approx(1_000 ** (growth - 1))


def test_a_judged_result_is_a_whole_document(make_workload, make_suite):
    values = {1: (1.0, 1.1, 0.9), 2: (0.5, 0.5, 0.5), 4: (0.3, 0.3, None)}
    suite = make_suite(
        make_workload(values, Curve.SCALING, "cpu-python"),
        make_workload(values, Curve.BATCH),
        make_workload({}, name="redis-cache", skipped="no --redis-url was given"),
    )
    found = with_verdicts(suite)
    assert parse_suite(suite_text(found), "here") == found
    assert found.workloads[0].models["scaling"]["enough"] == 4
    assert found.workloads[1].models["knee"]["fastest"] == 4
    assert with_verdicts(found) == found


def test_the_summary_counts_what_was_measured_and_lost(make_workload, make_suite):
    suite = make_suite(
        make_workload({"steady": (1.0, 1.0, 1.0, 1.0), "wild": (1.0, 2.0, None, 3.0)}),
        make_workload({}, name="redis-cache", skipped="no --redis-url was given"),
    )
    judged = judge(suite)
    found = summarise(suite, judged)
    assert (found.measured, found.skipped, found.variants, found.unsteady) == (1, 1, 2, 1)
    assert found.success_share == 7 / 8
    assert (found.grade, found.grades, found.reference_s) == ("", {}, None)
    assert judged[0].unsteady == ("wild",)
    assert judged[0].wanted_rounds > 100


def test_the_suites_grade_is_the_middle_one(make_workload, make_suite, monkeypatch):
    monkeypatch.setattr(standings, "PARS", {"one": 1e4, "two": 1e4, "three": 1e4})
    works = []
    for name, seconds in (("one", 1.0), ("two", 3.0), ("three", 50.0)):
        work = make_workload({"way": (seconds,) * 3}, name=name)
        variant = dataclasses.replace(work.variants[0], references_s=(REFERENCE_S,) * 3)
        works.append(dataclasses.replace(work, variants=(variant,)))
    found = with_verdicts(make_suite(*works))
    assert [one.grade for one in found.workloads] == ["A", "B", "D"]
    assert found.summary["grade"] == "B"
    assert found.summary["grades"] == {"A": 1, "B": 1, "D": 1}
    assert found.summary["reference_s"] == REFERENCE_S
