"""Advice from the past: what was squeezed grows, what never binds shrinks, and too little says when."""

from __future__ import annotations

import json

import pytest

from airflow_tune.apply.plan import plan_write
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Abstention, Confidence, Recommendation
from airflow_tune.recommend.engine import recommend
from airflow_tune.report.export import cfg_text, env_text, pools_json

CFG = "[core]\nexecutor = {executor}\nparallelism = {parallelism}\n"
DAY = 86400.0


def by_option(advised):
    return {one.option: one for one in advised.advice if not one.scope}


def local(parallelism=8):
    return CFG.format(executor="LocalExecutor", parallelism=parallelism)


@pytest.fixture(scope="module")
def squeezed(build, lessons_of):
    """The advice on the history whose parallelism was 8 and whose db_pool was 3."""
    return recommend(build(local(), cores="2", memory="16GiB"), lessons_of("E1"))


def test_what_was_squeezed_grows_and_the_reason_says_what_it_cost(squeezed):
    found = by_option(squeezed)
    parallelism = found["core.parallelism"]
    assert 8 < int(parallelism.proposed) <= 16
    assert parallelism.reason.startswith("it caused 52.6% of all waiting (35m 1s in 2m 17s of history); at ")
    pool = found["pool:db_pool"]
    assert (pool.current, pool.proposed) == ("3", "6")
    assert "it caused 19.8% of all waiting" in pool.reason
    assert "by replay (at least 28." in pool.reason
    assert "has never seen more than 3" in pool.risk.text


def test_the_dearest_stands_first(squeezed):
    options = [one.option for one in squeezed.recommendations]
    assert options[:3] == [
        "core.parallelism",
        "pool:db_pool",
        "max_active_tis_per_dag:lab_task_limit.transform",
    ]


def test_the_same_workload_with_larger_limits_really_waited_less(squeezed, lessons_of):
    """E6 is E1's workload at parallelism 16 and 8 slots: the direction of each advice was right."""
    before, after = (lessons_of(name).verdict.waits for name in ("E1", "E6"))
    for option, limit in (("core.parallelism", "parallelism"), ("pool:db_pool", "pool:db_pool")):
        assert isinstance(by_option(squeezed)[option], Recommendation)
        spent = [
            next(one.seconds for one in waits.by_limit if one.limit == limit) for waits in (before, after)
        ]
        assert spent[1] < spent[0] / 2


def test_the_derivation_holds_the_historys_figures_and_the_replays_error(squeezed):
    steps = {one.name: one for one in by_option(squeezed)["pool:db_pool"].evidence}
    assert steps["waited for pool:db_pool"].value == "13m 9s by 13 task instances"
    assert str(steps["waited for pool:db_pool"].origin) == "138 task instances in 2m 17s of history"
    assert "off what was waited" in steps["replayed with 3 slots, as it was"].value
    assert {"replayed with 6 slots", "still waiting at 6 slots, at most", "size"} <= set(steps)


def test_a_short_history_is_not_trusted_far_and_says_when_it_will_be(squeezed):
    pool = by_option(squeezed)["pool:db_pool"]
    assert pool.confidence is Confidence.LOW
    assert pool.basis == "rests on 2m 17s of your own history; a whole week is there on 2026-11-30"


def test_an_incident_is_no_pattern(squeezed):
    found = by_option(squeezed)["max_active_runs:lab_single_run"]
    assert isinstance(found, Abstention)
    assert "held only 2 times: an incident so far" in found.reason


def test_no_limit_grows_beyond_what_the_hosts_bear(build, lessons_of):
    small = recommend(build(local(), cores="1", memory="2GiB"), lessons_of("E1"))
    slots = small.plan.slots
    assert slots <= 3
    for one in small.recommendations:
        if one.option.startswith(("pool:", "max_active_ti")):
            assert int(one.proposed) <= max(slots, int(one.current))
    assert "all hosts together bear" in by_option(small)["pool:db_pool"].reason


def test_what_dag_files_say_is_never_written_to_the_settings(squeezed, tmp_path):
    found = squeezed.recommendations
    (limit,) = [one for one in found if one.option.startswith("max_active_tis")]
    assert limit.how == "in the code of task lab_task_limit.transform: max_active_tis_per_dag=4"
    assert "lab_task_limit" not in cfg_text(found) + env_text(found)
    assert set(json.loads(pools_json(found))) == {"db_pool"}
    settings = squeezed.plan.installation.settings
    planned = plan_write(tmp_path / "airflow.cfg", b"[core]\nparallelism = 8\n", found, settings)
    assert (limit.option, limit.how) in {(one.option, one.remedy) for one in planned.elsewhere}
    assert b"lab_task_limit" not in planned.rewrite.after


def test_limits_that_dags_use_are_not_lowered(squeezed):
    found = by_option(squeezed)["core.max_active_tasks_per_dag"]
    assert isinstance(found, Abstention)
    assert "lab_wide alone had 16 at once" in found.reason


def test_start_values_give_way_to_what_is_known(squeezed):
    found = by_option(squeezed)["pool:api_pool"]
    assert isinstance(found, Abstention)
    assert "no operator's name in the history tells of api work" in found.reason
    assert squeezed.plan.confidence is Confidence.MEDIUM


def test_a_pool_that_is_no_longer_as_it_was_is_left_alone(build, lessons_of, monkeypatch):
    lessons = lessons_of("E1")
    changed = {**lessons.pools, "db_pool": 12}
    monkeypatch.setattr(type(lessons), "pools", property(lambda _: changed), raising=False)
    found = by_option(recommend(build(local(), cores="2", memory="16GiB"), lessons))["pool:db_pool"]
    assert isinstance(found, Abstention)
    assert "at 3 slots, and has 12 now: that is not measured yet" in found.reason


def week(make_history, days, *, pool=8, busy=2, failing=False):
    """An hourly pair of tasks in a pool, over some days."""
    rows, earlier = [], []
    for hour in range(int(days * 24)):
        begin = hour * 3600.0
        for number in range(busy):
            times = {"scheduled": begin, "queued": begin, "start": begin, "end": begin + 600}
            row = {"dag": "d", "task": f"t{number}", "run": hour + 1, **times, "pool": "p"}
            if failing:
                earlier.append({**row, "try_number": 1, "state": "failed"})
                shift = {name: value + 900 for name, value in times.items()}
                row = {**row, **shift, "try_number": 2, "state": "failed"}
            rows.append(row)
    runs = [
        {"id": hour + 1, "dag": "d", "due": hour * 3600.0, "queued": hour * 3600.0, "start": hour * 3600.0,
         "end": hour * 3600.0 + 1500}
        for hour in range(int(days * 24))
    ]  # fmt: skip
    graphs = {"d": {f"t{number}": {"retries": 1} for number in range(busy)}}
    return make_history(
        rows, earlier=earlier, runs=runs, dags=[("d", 16, 16)], pools=[("p", pool, False)], graphs=graphs
    )


def test_a_pool_that_never_binds_shrinks_after_a_week(build, taught, make_history):
    advised = recommend(build(local(32)), taught(week(make_history, 8), ExecutorKind.LOCAL))
    found = by_option(advised)["pool:p"]
    assert (found.current, found.proposed) == ("8", "3")
    assert found.confidence is Confidence.HIGH
    assert "it used 2 of 8 slots at the most" in found.reason


def test_before_a_week_is_there_it_abstains_with_the_date(build, taught, make_history):
    advised = recommend(build(local(32)), taught(week(make_history, 3), ExecutorKind.LOCAL))
    found = by_option(advised)["pool:p"]
    assert isinstance(found, Abstention)
    assert found.reason.endswith("do not show every weekday; a whole week is there on 1970-01-08")
    assert found.evidence[-1].formula == "1970-01-01T00:00Z + 7 d"


def test_a_window_that_is_too_short_is_told_so(build, taught, make_history):
    lessons = taught(week(make_history, 3), ExecutorKind.LOCAL, since_s=3 * DAY)
    found = by_option(recommend(build(local(32)), lessons))["pool:p"]
    assert found.reason.endswith("a week is read with --since 7d")


def test_a_history_of_another_parallelism_is_told_so(build, lessons_of):
    advised = recommend(build(local(64), cores="2", memory="16GiB"), lessons_of("E1"))
    note = "the history ran with 8 slots of parallelism, the settings say 64: its waits are those of then"
    assert note in advised.plan.installation.notes
    assert "of all waiting" not in by_option(advised)["core.parallelism"].reason
    assert not any("slots of parallelism" in one for one in recommend(build(), None).plan.installation.notes)


def test_parallelism_that_never_bound_stays(build, taught, make_history):
    lessons = taught(week(make_history, 8), ExecutorKind.LOCAL, 8)
    advised = recommend(build(local(8), cores="16", memory="64GiB"), lessons)
    found = by_option(advised)["core.parallelism"]
    assert isinstance(found, Abstention)
    assert found.reason == "it never bound: 2 of 8 slots were in use at the most"
    assert not advised.unresolved


def test_retries_that_never_help_are_to_go(build, taught, make_history):
    lessons = taught(week(make_history, 2, failing=True), ExecutorKind.LOCAL)
    found = by_option(recommend(build(local(32)), lessons))["retries:d.t0"]
    assert (found.current, found.proposed) == ("1", "0")
    assert found.how == "in the code of task d.t0: retries=0"


def test_too_few_task_instances_leave_the_profile_as_it_is(build, taught, make_history):
    history = week(make_history, 1)
    lessons = taught(history, ExecutorKind.LOCAL)
    assert (lessons.tries, lessons.enough_tries) == (48, False)
    advised = recommend(build(local(32)), lessons)
    assert advised.plan.confidence is Confidence.LOW
    # 48 in 23 h 10 m: the other 52 take another 25 hours.
    assert lessons.tries_on(100) == "1970-01-03"
    assert "100 task instances are there on 1970-01-03" in str(advised.plan.installation.notes)


def test_durations_and_the_deferred_peak_come_from_the_past(build, taught, make_history):
    installation = recommend(build(local(32)), taught(week(make_history, 8), ExecutorKind.LOCAL)).plan
    profile = installation.installation.profile
    assert profile.typical_duration_s() == pytest.approx(600)
    assert profile.longest_s() == 600
    assert sum(one.share.value for one in profile.classes) == pytest.approx(1)


def test_nothing_is_learnt_from_nothing(taught, make_history):
    assert taught(make_history([])) is None
