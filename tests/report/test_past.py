"""The section on the past, cut to what a person reads."""

from __future__ import annotations

from airflow_tune.diagnose.past.priced import About, Rule
from airflow_tune.diagnose.past.verdict import Verdict
from airflow_tune.diagnose.waits.result import LimitWait, Waits
from airflow_tune.findings import Layer
from airflow_tune.report.page import Page
from airflow_tune.report.past import past_json, write_answer, write_past

RULE = Rule("AFH99", "made-up", Layer.SYSTEM)


def verdict(limits, findings, **changes):
    waits = tuple(LimitWait(f"pool:p{number}", 10.0, 1 / limits, 3) for number in range(limits))
    priced = tuple(RULE.found(f"found {n}", "mend it", saved_s=100.0 - n) for n in range(findings))
    facts = {"source": "here", "since_s": 3600.0, "task_instances": 1, "dag_runs": 1, "notes": ()}
    return Verdict(waits=Waits(10.0 * limits, waits), findings=priced, **{**facts, **changes})


def written(build, past, *, width=100):
    page = Page(width=width, colour=False)
    write_past(page, build(), past)
    return page.text()


def answered(build, past):
    page = Page(width=80, colour=False)
    write_answer(page, build(), past)
    return page.text()


def test_twelve_limits_are_shown_and_the_rest_summed_up(build):
    text = written(build, verdict(14, 0))
    assert text.count("pool:") == 12
    assert "  and 2 smaller limits: 20s\n" in text
    assert "smaller" not in written(build, verdict(12, 0))


def test_eight_findings_are_shown_and_json_has_all(build):
    past = verdict(1, 9)
    text = written(build, past)
    assert "Findings of the past: 9, the dearest 8; --format json has all" in text
    assert text.count("AFH99") == 8
    assert "AFH99 made-up (system), saves up to 1m 40s" in text
    assert [one["saved_s"] for one in past_json(past)["findings"]] == [100.0 - n for n in range(9)]
    assert "Findings of the past: 8, the dearest first" in written(build, verdict(1, 8))


def test_what_is_not_known_is_left_out_or_noted(build):
    text = written(build, verdict(1, 0, since_s=None, notes=("times are missing",)))
    assert "1 task instance of 1 DAG run waited 10s (here)" in text
    assert "times are missing" in text
    assert "Findings" not in text


def test_what_never_waited_has_no_table(build):
    calm = Verdict("here", None, 1, 1, Waits(0.0, (LimitWait("scheduler", 0.0, 0.0, 1),)), (), ())
    for text in (written(build, calm), answered(build, calm)):
        assert "waited 0s" in text
        assert "limit" not in text
    assert "Nothing was found that mending would save time" in answered(build, calm)


def test_runs_that_were_not_counted_are_told_of(build):
    waits = Waits(1.0, (LimitWait("max_active_runs:d", 1.0, 1.0, 0, 2),), 0.0, 1.0, uncounted_dag_runs=3)
    text = written(build, Verdict("here", None, 0, 3, waits, (), ()))
    assert "not counted: 3 DAG runs created over an hour late, held by no limit" in text
    assert "1s      100%   2 runs  max_active_runs:d" in text


def test_the_answer_fits_the_first_screen_whatever_things_are_called(build):
    name = "d" * 250
    waits = tuple(LimitWait(f"max_active_tasks:{name}{n}", 10.0, 0.1, 3, 1) for n in range(9))
    deeds = tuple(
        RULE.found("found", f"raise max_active_tasks of DAG {name}{n}", saved_s=9.0,
                   about=About("waits", f"max_active_tasks:{name}{n}"))
        for n in range(9)
    )  # fmt: skip
    lines = answered(build, Verdict("here", None, 9, 9, Waits(90.0, waits), deeds, ())).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("  40s     40%") and line.endswith("4 more") for line in lines)
    assert sum("AFH99 made-up, saves up to 9s" in line for line in lines) == 3
