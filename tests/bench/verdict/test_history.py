"""Steps and trends over time, and what a folder holds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from airflow_tune.bench.verdict.course import Course, judge_courses
from airflow_tune.bench.verdict.history import read_history
from airflow_tune.errors import BenchError
from airflow_tune.suite.document import suite_text


def course(values):
    return judge_courses([Course("rows", "list", "row", tuple(values))])[0]


def noise(count, seed=1, share=0.01):
    return np.exp(np.random.default_rng(seed).normal(0, share, count))


def test_a_step_is_found_where_it_is():
    found = course([*noise(8), *1.2 * noise(8, 2)])
    (step,) = found.steps
    assert step.at == 8
    assert step.ratio == pytest.approx(1.2, abs=0.02)
    assert found.trend_share is None
    assert found.latest_ratio == pytest.approx(1, abs=0.03)


def test_two_steps_are_two():
    found = course([*noise(10), *1.5 * noise(10, 2), *0.7 * noise(10, 3)])
    assert [one.at for one in found.steps] == [10, 20]
    assert [one.ratio for one in found.steps] == pytest.approx([1.5, 0.7 / 1.5], rel=0.05)


def test_a_result_that_lacks_the_variant_does_not_shift_the_step():
    values = [*noise(8), *1.3 * noise(8, 2)]
    assert course([None, *values[:4], None, *values[4:]]).steps[0].at == 10


def test_creeping_up_without_a_clear_step_is_a_trend():
    slow = [1.0, 1.02, 0.99, 1.03, 1.0, 1.03, 1.02, 1.04, 1.01]
    found = course([*slow, 1.05, 1.03])
    assert not found.steps
    assert found.trend_share is None or found.trend_share > 0


def test_a_steady_climb_tells_its_slope():
    found = course([1.004**at for at in range(14)])
    assert not found.steps
    assert found.trend_share == pytest.approx(0.004)


def test_what_goes_nowhere_rarely_seems_to():
    moved = 0
    for seed in range(200):
        found = course(noise(16, seed, 0.1))
        moved += bool(found.steps) or found.trend_share is not None
    assert moved <= 12


@pytest.mark.parametrize("values", [[], [None], [1.0], [1.0, 3.0], [1.0] * 5 + [2.0] * 4])
def test_too_few_results_show_no_step(values):
    found = course(values)
    assert not found.steps
    assert found.trend_share is None


def test_one_wild_result_is_no_step_but_told_when_it_is_the_latest():
    found = course([*noise(12), 3.0])
    assert not found.steps
    assert found.latest_ratio == pytest.approx(3, rel=0.05)


def test_equal_results_are_steady():
    found = course([1.0] * 20)
    assert (found.steps, found.trend_share, found.latest_ratio) == ((), None, 1.0)


@pytest.fixture
def folder(tmp_path, make_workload, make_suite):
    """Return a folder with results of two hosts, and files that are none."""
    other = dataclasses.replace(make_suite().machine, hostname="worker-2")
    for day in (3, 1, 2):
        work = make_workload({"list": (float(day),) * 3, "new": (1.0,)} if day > 1 else {"list": (1.0,)})
        suite = make_suite(work, started_at=f"2026-01-0{day}T00:00:00Z")
        (tmp_path / f"z{9 - day}.json").write_text(suite_text(suite))
    (tmp_path / "other.json").write_text(suite_text(make_suite(make_workload({"a": (1.0,)}), machine=other)))
    (tmp_path / "broken.json").write_text('{"schema": "airflow-tune/bench/1"')
    (tmp_path / "later.json").write_text('{"schema": "airflow-tune/bench/9"}')
    (tmp_path / "notes.txt").write_text("not looked at")
    return tmp_path


def test_results_are_in_order_of_time_by_host(folder):
    found = read_history(folder)
    first, second = found.hosts
    assert [one.file for one in first.results] == ["z8.json", "z7.json", "z6.json"]
    courses = {one.variant: one.values_s for one in first.courses}
    assert courses == {"list": (1.0, 2.0, 3.0), "new": (None, 1.0, 1.0)}
    assert second.host.startswith("worker-2 (2 of A CPU")


def test_files_that_are_no_results_are_named_and_skipped(folder):
    skipped = dict(read_history(folder).skipped)
    assert skipped.keys() == {"broken.json", "later.json"}
    assert "schema 9" in skipped["later.json"]


def test_a_folder_without_results_is_an_error(tmp_path):
    with pytest.raises(BenchError, match=r"no result of bench \(\*\.json\) is here\n"):
        read_history(tmp_path)
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(BenchError, match=r"is here: a\.json: .*names no schema"):
        read_history(tmp_path)
    with pytest.raises(BenchError, match="this is no folder"):
        read_history(tmp_path / "a.json")
