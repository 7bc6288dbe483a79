"""`bench compare` and `bench history` as a user calls them: both streams, and the exit code."""

from __future__ import annotations

import json

import pytest

from airflow_tune.errors import BenchError, UnitError
from airflow_tune.suite.document import suite_text

STEADY = (1.0, 1.001, 0.999, 1.0, 1.002, 0.998, 1.0)


@pytest.fixture
def result(tmp_path, make_workload, make_suite):
    """Return a function that writes a result whose one variant takes `factor` times as long."""

    def written(name, factor=1.0, day=1):
        work = make_workload({"list": tuple(factor * value for value in STEADY)})
        path = tmp_path / name
        path.write_text(suite_text(make_suite(work, started_at=f"2026-01-0{day}T00:00:00Z")))
        return path

    return written


@pytest.mark.parametrize(
    ("factor", "flags", "code"),
    [
        (1.2, ["--fail-on-regression", "10%"], 1),
        (1.2, ["--fail-on-regression", "0.3"], 0),
        (1.2, [], 0),
        (0.8, ["--fail-on-regression", "10%"], 0),
        (1.0, ["--fail-on-regression", "1%"], 0),
        (1.03, ["--fail-on-regression", "2%"], 1),
        (1.03, ["--fail-on-regression", "10%"], 0),
    ],
)
def test_a_regression_of_that_size_fails(tune, result, factor, flags, code):
    found = tune("bench", "compare", result("old.json"), result("new.json", factor, 2), *flags)
    assert found.exit_code == code
    assert found.stdout.partition(" worse")[0] == str(int(factor > 1.05 or code))
    assert ("regression: rows: list: 1s →" in found.stderr) is bool(code)


def test_a_smaller_change_can_be_asked_for(tune, result):
    old, new = result("old.json"), result("new.json", 1.03, 2)
    assert tune("bench", "compare", old, new).stdout.startswith("0 worse")
    assert tune("bench", "compare", old, new, "--least-change", "2%").stdout.startswith("1 worse")


def test_a_comparison_in_every_format(tune, result, tmp_path):
    old, new, out = result("old.json"), result("new.json", 1.2, 2), tmp_path / "out"
    found = tune("bench", "compare", old, new, "--format", "json", "-o", out, "--fail-on-regression", "10%")
    assert found.exit_code == 1
    assert not found.stdout
    assert json.loads(out.read_text())["changes"][0]["regression"] is True
    assert tune("bench", "compare", old, new, "--format", "markdown").stdout.startswith(
        "### airflow-tune bench"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no json", "no whole JSON"),
        ('{"schema": "airflow-tune/analyze/1"}', "no result of bench"),
        ('{"schema": "airflow-tune/bench/2"}', "this result has schema 2; this version reads 1"),
    ],
)
def test_what_is_no_result_is_refused(tune, result, tmp_path, text, told):
    path = tmp_path / "wrong.json"
    path.write_text(text)
    with pytest.raises(BenchError, match=told):
        tune("bench", "compare", result("old.json"), path)


def test_a_file_that_is_not_there_is_told(tune, result, tmp_path):
    with pytest.raises(BenchError, match=r"gone\.json: the result could not be read"):
        tune("bench", "compare", tmp_path / "gone.json", result("new.json"))


@pytest.mark.parametrize("share", ["much", "10 MB", "-1%"])
def test_what_is_no_share_is_refused(tune, result, share):
    with pytest.raises(UnitError, match=r"--fail-on-regression: .* is no share"):
        tune("bench", "compare", result("a.json"), result("b.json"), f"--fail-on-regression={share}")


def test_a_result_is_reported_again_without_measuring(tune, result):
    path = result("old.json")
    assert "rows: How fast are rows?" in tune("bench", "report", path).stdout
    assert tune("bench", "report", path, "--format", "markdown").stdout.startswith(
        "### airflow-tune bench: worker-1"
    )
    shown = json.loads(tune("bench", "report", path, "--format", "json").stdout)
    assert shown["summary"]["measured"] == 1
    assert shown["workloads"][0]["models"]["variants"]["list"]["median_s"]["estimate"] == 1.0


def test_a_result_as_a_page(tune, result):
    pytest.importorskip("vl_convert", reason="the extra html is not installed")
    assert (
        "<title>airflow-tune: What worker-1 can do</title>"
        in tune("bench", "report", result("old.json"), "--format", "html").stdout
    )


def test_a_folder_over_time(tune, result, tmp_path):
    for day in (1, 2, 3):
        result(f"{day}.json", day, day)
    found = tune("bench", "history", tmp_path)
    assert found.exit_code == 0
    assert "3 results, 2026-01-01 to 2026-01-03" in found.stdout
    shown = json.loads(tune("bench", "history", tmp_path, "--format", "json").stdout)
    assert shown["hosts"][0]["courses"][0]["values_s"] == [1.0, 2.0, 3.0]
