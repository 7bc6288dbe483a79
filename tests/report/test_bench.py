"""What is printed of the bench: the right figures, within the width, names as they are."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from airflow_tune.bench.verdict.compare import compare
from airflow_tune.bench.verdict.history import History, HostHistory, Result, read_history
from airflow_tune.report import bench_change, bench_history
from airflow_tune.report.bench_markdown import bench_markdown
from airflow_tune.report.bench_text import bar, bench_text
from airflow_tune.suite.document import suite_text
from airflow_tune.suite.model import Curve
from airflow_tune.suite.remark import Remark

STEADY = (1.0, 1.001, 0.999, 1.0, 1.002, 0.998, 1.0)
PLAIN = {"width": 80, "colour": False}


def times(factor):
    return tuple(factor * value for value in STEADY)


@pytest.fixture
def suite(make_workload, make_suite):
    """Return a result with a workload of each kind, and one that was not measured."""
    scaling = {1: times(1), 2: times(0.52), 4: times(0.3), 8: times(0.28)}
    return make_suite(
        make_workload({"list": times(2e-3), "generator": times(1e-3)}, answer="Use a generator."),
        make_workload(
            {1: times(1e-3), 100: times(2e-5), 1000: times(1.9e-5)},
            Curve.BATCH,
            "batches",
            answer="100 it is.",
        ),
        make_workload(scaling, Curve.SCALING, "processes", answer="Four at a time."),
        make_workload({}, name="redis-cache", skipped="no --redis-url was given"),
        remarks=(
            Remark("load", void=False, message="others used 12% of the CPU"),
            Remark("steal", void=True, message="30% was stolen", advice="measure elsewhere"),
        ),
    )


def test_the_text_tells_what_was_measured_and_what_follows(suite):
    text = bench_text(suite, **PLAIN)
    assert text.startswith("worker-1 · 2 cores, 8 GiB · CPython 3.12.1 · default length, 12.5s · 2026-01-02")
    assert "3 workloads, 1 skipped" in text
    assert "not worth having: 30% was stolen: measure elsewhere" in text
    assert "with care: others used 12% of the CPU" in text
    assert "Use a generator." in text
    assert re.search(r"generator  1ms +±0.2%  2\.0 ×  50 MiB  █{14}\n", text)
    assert re.search(r"list +2ms +±0.2%  1 × +50 MiB  █{7}\n", text)
    assert "redis-cache: no --redis-url was given" in text


def test_the_text_tells_laws_and_rules(suite):
    text = " ".join(bench_text(suite, **PLAIN).split())
    assert "law of scalability: throughput falls beyond" in text
    assert "optimal_batch_size says 10,000, which is beyond what was measured (measured best: 1,000)" in text
    assert "optimal_pool_size says 4: about right here (measured: 8)" in text
    assert "should_parallelize says no, measured best is yes: the rule takes 3.6 × the time" in text


@pytest.mark.parametrize("width", [80, 200])
def test_no_line_is_too_long_and_plain_text_is_plain(suite, width):
    text = bench_text(suite, width=width, colour=False)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    assert "\x1b" in bench_text(suite, width=width, colour=True)


def test_unsteady_medians_say_how_many_rounds_would_do(make_workload, make_suite):
    shaky = make_workload({"a": (1.0, 1.1, 0.9, 1.05, 0.95, 1.0)})
    text = bench_text(make_suite(shaky), **PLAIN)
    assert re.search(r"1 median unsteady after 6 rounds: about \d+ rounds would do", text)
    wild = make_workload({"a": (1.0, 9.0, 2.0, 30.0)})
    text = " ".join(bench_text(make_suite(wild), **PLAIN).split())
    assert "no number of rounds makes up for it, quiet the machine" in text


def test_a_single_round_tells_no_spread_and_no_difference(make_workload, make_suite):
    text = bench_text(make_suite(make_workload({"a": (1.0,), "b": (0.5,)})), **PLAIN)
    assert "a single round says nothing of how steady the medians are" in " ".join(text.split())
    assert re.search(r"b +500ms +2\.0 × \?", text)


def test_one_value_far_off_is_told(make_workload, make_suite):
    text = bench_text(make_suite(make_workload({"a": (*STEADY, 5.0)})), **PLAIN)
    assert "1 value far from all others" in text


def test_what_may_be_neither_way_has_a_question_mark(make_workload, make_suite):
    text = bench_text(make_suite(make_workload({"a": (1.0, 2.0, 1.5), "b": (1.5, 1.0, 2.0)})), **PLAIN)
    assert re.search(r"b +1\.5s .* × \?", text)


def test_a_lost_variant_is_told_with_its_reason(make_workload, make_suite):
    work = make_workload({"a": STEADY, "b": (None,) * 7})
    lost = dataclasses.replace(work.variants[1], notes=("ended after 20s (--timeout)",))
    suite = make_suite(dataclasses.replace(work, variants=(work.variants[0], lost)), complete=False)
    text = bench_text(suite, **PLAIN)
    assert re.search(r"b +lost", text)
    assert "b: ended after 20s (--timeout)" in text
    assert "50% of rounds lost" in text
    assert "the run was interrupted" in text


@pytest.mark.parametrize(
    ("share", "expected"), [(0, ""), (0.001, "▏"), (0.5, "██"), (0.53, "██▏"), (1, "████")]
)
def test_bars(share, expected):
    assert bar(share, 4) == expected


def test_markdown_shows_names_as_they_are(make_workload, make_suite):
    suite = make_suite(make_workload({"<b>|`x`_1": STEADY}, name="rows", answer="Take *all* | [now]\nor #1."))
    text = bench_markdown(suite)
    assert "| rows |  | Take \\*all\\* \\| \\[now\\] or \\#1. |" in text
    assert "| \\<b\\>\\|\\`x\\`\\_1 | 1s | ±0.2% | 1 × | 50 MiB |" in text


def test_markdown_tells_all_that_the_text_does(suite):
    text = bench_markdown(suite)
    assert "> **Not worth having:** 30% was stolen: measure elsewhere" in text
    assert text.count("<details>") == text.count("</details>") == 3
    assert "- law of scalability" in text
    assert "Not measured: redis-cache (no --redis-url was given)" in text


@pytest.fixture
def change(make_workload, make_suite):
    """Return a comparison with something worse, better, unsure and gone."""
    wild = (1.0, 3.0, 0.5, 2.0, 1.0, 2.0, 4.0)
    old = make_workload(
        {"slow": times(1), "fast": times(1), "wild": wild, "same": times(1), "gone": times(1)}
    )
    new = make_workload(
        {"slow": times(1.2), "fast": times(0.3), "wild": wild[::-1], "same": times(1), "more": times(1)}
    )
    later = "2026-01-03T03:04:05Z"
    return compare(make_suite(old), make_suite(new, started_at=later, tool_version="0.2.0"))


def test_a_comparison_tells_the_worst_first(change):
    text = bench_change.comparison_text(change, **PLAIN)
    assert text.startswith("1 worse, 1 better, 5 the same within 5%, 1 cannot be told, of 8 comparisons\n")
    assert re.search(r"▲  1s +1\.2s +\+20\.0% +\+19\.\d% to \+20\.\d% +rows: slow\n", text)
    assert re.search(r"▼  1s +300ms +× 0\.3 ", text)
    assert text.index("rows: slow") < text.index("rows: fast") < text.index("rows: wild")
    assert "rows: same" not in text
    assert "only in the old result: rows: gone" in text
    assert "only in the new result: rows: more" in text
    assert "warning: measured by airflow-tune 0.1.0 and 0.2.0" in text
    assert "\x1b" in bench_change.comparison_text(change, width=80, colour=True)


def test_a_comparison_as_markdown_folds_what_cannot_be_told(change):
    text = bench_change.comparison_markdown(change)
    assert text.startswith("### airflow-tune bench: 1 worse")
    assert "**Slower, or takes more**" in text
    assert text.count("<details>") == 1
    assert "> **Warning:** measured by" in text


def test_a_comparison_as_json_holds_all(change):
    found = json.loads(
        json.dumps(bench_change.comparison_json(change, change.regressions(0.1)), allow_nan=False)
    )
    assert found["schema"] == "airflow-tune/bench-compare/1"
    assert len(found["changes"]) == 8
    (worse,) = [one for one in found["changes"] if one["regression"]]
    assert (worse["variant"], worse["verdict"], worse["old_s"]) == ("slow", "slower", 1.0)
    assert {one["quantity"] for one in found["changes"]} == {"time", "peak memory"}
    assert all("old_bytes" in one for one in found["changes"] if one["quantity"] == "peak memory")
    assert found["old"]["machine"]["hostname"] == "worker-1"


def test_a_machine_that_was_slower_is_told(make_workload, make_suite):
    def timed(seconds, **more):
        work = make_workload({"a": STEADY})
        variant = dataclasses.replace(work.variants[0], references_s=(seconds,) * 7)
        return make_suite(dataclasses.replace(work, variants=(variant,)), **more)

    found = compare(timed(1e-4), timed(1.5e-4, started_at="2026-01-03T03:04:05Z"))
    text = bench_change.comparison_text(found, **PLAIN)
    assert "the machine itself was 50% slower at plain Python in the new run" in text


def test_results_without_anything_in_common(make_suite):
    text = bench_change.comparison_text(compare(make_suite(), make_suite()), **PLAIN)
    assert text.startswith("nothing in common")
    assert "one run: rounds pair" in text


def test_a_history_shows_each_course_as_bars(tmp_path, make_workload, make_suite):
    for day in range(1, 21):
        slow = 1.5 if day > 10 else 1.0
        work = make_workload({"a": (slow + day * 1e-4,), "b": (1.0,), **({"c": (1.0,)} if day < 20 else {})})
        (tmp_path / f"{day:02}.json").write_text(
            suite_text(make_suite(work, started_at=f"2026-01-{day:02}T00:00:00Z"))
        )
    (tmp_path / "none.json").write_text("{}")
    found = read_history(tmp_path)
    text = bench_history.history_text(found, **PLAIN)
    assert "20 results, 2026-01-01 to 2026-01-20" in text
    assert re.search(r"▁{10}[▇█]{10}  1\.5s +\+50% since 2026-01-11  rows: a\n", text)
    assert re.search(r"▁{20}  1s +steady +rows: b\n", text)
    assert re.search(r"▁{19}·  - +steady +rows: c\n", text)
    assert "none.json: this is no result of bench: it names no schema" in text
    told = json.loads(json.dumps(bench_history.history_json(found), allow_nan=False))
    assert told["schema"] == "airflow-tune/bench-history/1"
    assert told["hosts"][0]["courses"][0]["steps"] == [{"at": 10, "ratio": pytest.approx(1.5, abs=0.01)}]
    assert told["skipped"][0]["file"] == "none.json"


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ((1.0, 1.05, 1.09), "▁▅█"),
        ((1.0, 1.001), "▁▁"),
        ((1.0, None, 2.0), "▁·█"),
        ((None, None), "··"),
        ((1.0,) * 30, "▁" * 24),
    ],
)
def test_sparklines(values, bars):
    assert bench_history.sparkline(values) == bars


def test_what_is_told_of_a_course(make_suite):
    from airflow_tune.bench.verdict.course import Course  # noqa: PLC0415 - beside what it is for

    host = HostHistory("h", (Result("a.json", make_suite()),), ())
    plain = Course("w", "v", "row", (1.0,))
    assert bench_history.told(plain, host) == ""
    assert bench_history.told(dataclasses.replace(plain, latest_ratio=1.2), host) == "latest +20%"
    assert (
        bench_history.told(dataclasses.replace(plain, trend_share=0.03), host) == "+3% from each to the next"
    )
    assert bench_history.history_text(History("f", (host,), ()), **PLAIN).startswith("\nh\n  1 result")
