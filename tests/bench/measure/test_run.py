import os
from dataclasses import replace

import psutil
import pytest

from airflow_tune.bench.measure.interrupt import Stop
from airflow_tune.errors import BenchError


def test_each_variant_has_a_value_in_each_round(measure, made, tmp_path):
    suite = measure(made("nothing", "sleep"))
    (workload,) = suite.workloads
    quick, slow = workload.variants
    assert len(quick.values_s) == len(slow.values_s) == 2
    assert all(0.005 <= value < 1 for value in slow.values_s)
    assert all(0 <= value < 0.005 for value in quick.values_s)
    assert slow.calls == 1 < quick.calls
    # What a process takes before the first call differs from round to round: base_bytes is the median.
    assert all(peak >= 0.9 * quick.base_bytes > 5_000_000 for peak in quick.peaks_bytes)
    assert all(one > 0 for one in quick.references_s)
    assert slow.figures["calls_count"][0] >= 2
    assert workload.answer == "2 ways."
    assert suite.complete
    assert suite.machine.machine_cores == psutil.cpu_count()
    assert 0 < workload.elapsed_s < suite.elapsed_s
    assert suite.options["workloads"] == ["made"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_runs_before_a_call_is_not_in_its_time(measure, made):
    (workload,) = measure(made("before")).workloads
    (variant,) = workload.variants
    assert all(0.005 <= value < 0.2 for value in variant.values_s)
    assert variant.calls == 1


def test_a_call_that_does_more_units_than_thought_is_brought_to_them(measure, made):
    (workload,) = measure(made("scale")).workloads
    assert all(0.005 <= value < 0.05 for value in workload.variants[0].values_s)


def test_no_warm_up_where_every_call_is_as_cold(measure, made):
    (workload,) = measure(made("sleep", warm=False)).workloads
    assert workload.variants[0].warmups <= 3, "those that the calls of a sample are found out by"


def test_what_fails_or_hangs_is_told_and_the_others_go_on(measure, made):
    (workload,) = measure(made("raise", "die", "hang", "noise", "refuse"), timeout_s=1.0).workloads
    notes = {one.name: one.notes for one in workload.variants}
    assert notes == {
        "raise": ("ValueError: no such customer",),
        "die": ("ended with exit code 3: so it ends",),
        "hang": ("ended after 1s (--timeout)",),
        "noise": (),
        "refuse": (f"OSError: [Errno 28] {os.strerror(28)}",),
    }
    assert workload.variant("hang").values_s == (None, None)
    assert len(workload.variant("noise").kept_s) == 2


def test_no_room_for_temporary_files_is_told_of_the_whole_run(measure, made):
    suite = measure(made("refuse"))
    assert [one.name for one in suite.remarks if one.name == "room"] == ["room"]
    assert len(suite.workloads[0].variants[0].values_s) == 1, "what gave no value at all is not tried again"


def test_what_a_workload_leaves_running_is_ended(measure, made):
    measure(made("leave"))
    left = [
        one for one in psutil.process_iter(["cmdline"]) if "time.sleep(60)" in (one.info["cmdline"] or ())
    ]
    assert [one for one in left if one.environ().get("AIRFLOW_TUNE_BENCH")] == []


def test_a_wish_to_stop_ends_it_with_what_was_found(measure, made):
    stop, seen = Stop(), []

    def told(name, rounds, left_s):
        seen.append((name, rounds, left_s > 0))
        stop.wanted = rounds == 2

    suite = measure(made("nothing", name="one"), made("nothing", name="two"), stop=stop, told=told)
    assert not suite.complete
    assert [rounds for _, rounds, _ in seen] == [0, 1, 2]
    assert [len(one.variants[0].values_s) for one in suite.workloads] == [1, 1]
    assert all(left for *_, left in seen)


def test_a_stop_in_the_first_round_keeps_what_there_is(measure, made):
    stop = Stop()
    stop.wanted = True
    (workload,) = measure(made("nothing"), stop=stop).workloads
    assert workload.variants[0].values_s == (None,)
    assert workload.variants[0].notes == ("the run ended before its turn",)


def test_a_run_ends_in_time_though_a_value_takes_longer(measure, made, budget):
    suite = measure(
        made("hang"), made("nothing", name="never"), budget=replace(budget, total_s=1.0, hard_s=2.0)
    )
    assert not suite.complete
    assert suite.elapsed_s < 15
    lost = [one for one in suite.workloads if one.skipped]
    assert len(lost) <= 1


def test_a_workload_cleans_up_at_the_end(measure, made, tmp_path):
    suite = measure(made("nothing", clean=lambda _: None))
    assert (tmp_path / "cleaned").exists()
    assert "left-behind" not in {one.name for one in suite.remarks}


def test_what_could_not_be_cleaned_up_is_told(measure, made):
    suite = measure(made("nothing", clean=lambda _: None), callable="table bench_1 stays")
    (remark,) = (one for one in suite.remarks if one.name == "left-behind")
    assert remark.message == "made could not clean up: table bench_1 stays"


def test_a_workload_that_lacks_something_is_skipped(measure, made):
    suite = measure(made("nothing", lacks=lambda _: "no --db-url was given"), made("nothing", name="other"))
    assert [one.skipped for one in suite.workloads] == ["no --db-url was given", ""]
    assert suite.complete


def test_where_no_temporary_folder_can_be_made_nothing_begins(measure, made, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    with pytest.raises(BenchError, match=r"/nowhere/at/all: no temporary folder can be made.*\n.*set TMPDIR"):
        measure(made("nothing"))
