"""Grades, and a result with all that is made of it."""

from __future__ import annotations

import dataclasses

import pytest

from airflow_tune.bench import catalog
from airflow_tune.bench.verdict import grade as grading
from airflow_tune.bench.verdict.grade import grade
from airflow_tune.bench.verdict.judge import judge, summarise, with_verdicts
from airflow_tune.bench.verdict.par import PARS
from airflow_tune.suite.document import parse_suite, suite_text
from airflow_tune.suite.model import Curve

REFERENCE_S = 1e-4


@pytest.fixture
def graded(make_workload, make_suite, monkeypatch):
    """Return a function from seconds and peak bytes to the grade of work whose par is 100 references."""
    monkeypatch.setattr(grading, "PARS", {"rows": 100.0})

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
    assert graded(0.01, name="others") is None
    assert grade(make_workload({"a": (0.01,)}), make_suite().machine) is None
    assert grade(make_workload({"a": (None,)}), make_suite().machine) is None


def test_every_par_is_of_a_workload():
    assert set(PARS) <= set(catalog.NAMES)


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
    monkeypatch.setattr(grading, "PARS", {"one": 1e4, "two": 1e4, "three": 1e4})
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
