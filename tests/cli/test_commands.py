"""The commands as a user runs them: real processes, both streams, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

CFG = "[core]\nexecutor = LocalExecutor\nparallelism = 64\n[scheduler]\nparsing_processes = 8\n"


@pytest.fixture
def home(tmp_path):
    (tmp_path / "airflow.cfg").write_text(CFG, encoding="utf-8")
    (tmp_path / "dags").mkdir()
    return tmp_path


@pytest.fixture
def tune(home):
    def run(*args, env=None, stdin=""):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        return subprocess.run(
            [sys.executable, "-m", "airflow_tune", *args],
            env={**clean, "AIRFLOW_HOME": str(home), **(env or {})},
            input=stdin, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return run


BASE = ("--airflow-version", "3.3.2", "--cores", "2", "--memory", "4GiB")


def test_analyze_prints_findings_and_exits_by_their_severity(tune):
    found = tune("analyze", *BASE)
    assert found.returncode == 1, found.stderr
    assert "AFC02 concurrency-over-memory" in found.stdout
    assert "scheduler.parsing_processes" in found.stdout
    assert "\x1b[" not in found.stdout
    assert found.stderr == ""
    # A path is kept whole, so that it can be copied.
    assert [line for line in found.stdout.splitlines() if len(line) > 80 and "/" not in line] == []
    assert tune("analyze", *BASE, "--fail-on", "never").returncode == 0


def test_analyze_json_has_a_schema_and_the_same_findings(tune, tmp_path):
    report = tmp_path / "report.json"
    assert tune("analyze", *BASE, "--format", "json", "-o", str(report)).stdout == ""
    found = json.loads(report.read_text(encoding="utf-8"))
    assert found["schema"] == "airflow-tune/analyze/1"
    assert found["host"]["memory_bytes"] == 4 * 1024**3
    assert {"AFC02", "AFC09"} <= {one["code"] for one in found["findings"]}


def test_recommend_prints_reasons_and_risks(tune):
    found = tune("recommend", *BASE)
    assert found.returncode == 0, found.stderr
    assert "core.parallelism: 64 → " in found.stdout
    for label in ("why", "risk", "next", "trust", "now"):
        assert f"    {label}" in found.stdout


@pytest.mark.parametrize(("name", "start"), [("cfg", "[core]"), ("env", "# "), ("pools-json", "{")])
def test_recommend_prints_what_airflow_reads(tune, name, start):
    assert tune("recommend", *BASE, "--format", name).stdout.startswith(start)


def test_recommend_json_has_a_schema_and_numbers_with_reasons(tune):
    found = json.loads(tune("recommend", *BASE, "--format", "json").stdout)
    assert found["schema"] == "airflow-tune/recommend/1"
    (parallelism,) = [one for one in found["recommendations"] if one["option"] == "core.parallelism"]
    assert parallelism["current"] == "64"
    assert parallelism["current_origin"]["line"] == 3
    assert int(parallelism["proposed"]) < 64
    assert parallelism["evidence"]


def test_explain_prints_the_derivation_with_its_sources(tune):
    found = tune("recommend", *BASE, "--explain", "parallelism")
    assert found.returncode == 0, found.stderr
    assert "memory slots = " in found.stdout
    assert "profiles/" in found.stdout
    assert "--memory" in found.stdout


def test_explain_of_an_unknown_option_names_the_nearest(tune):
    found = tune("recommend", *BASE, "--explain", "core.paralelism")
    assert found.returncode == 2
    assert 'did you mean "core.parallelism"?' in found.stderr


def test_profiles_are_listed_and_shown(tune):
    assert "batch-etl" in tune("profiles", "list").stdout
    shown = tune("profiles", "show", "batch-etl").stdout
    assert "headroom.memory = " in shown
    assert "optimization guide" in shown
    numbers = json.loads(tune("profiles", "show", "ml-training", "--format", "json").stdout)
    assert numbers["schema"] == "airflow-tune/profile/1"
    assert all(one["source"] for one in numbers["numbers"].values())
    assert (
        json.loads(tune("profiles", "list", "--format", "json").stdout)["schema"] == "airflow-tune/profiles/1"
    )


def test_demo_needs_nothing_and_ends_with_what_to_try_next(tune, tmp_path):
    found = tune("demo", "--into", str(tmp_path / "demo"))
    assert found.returncode == 0, found.stderr
    assert "core.parallelism: 8 → 12" in found.stdout
    assert found.stdout.rstrip().splitlines()[-1].strip() == "airflow-tune lint dags"
    assert "wintermute" not in found.stdout
    assert "hunter2" not in found.stdout


def test_version_and_no_arguments(tune):
    assert tune("--version").stdout.startswith("airflow-tune 0.")
    assert "Usage" in tune().stdout + tune().stderr


def test_an_unknown_command_is_refused_by_its_name(tune):
    found = tune("analyse")
    assert found.returncode == 2
    assert "analyse" in found.stderr
    assert "recommend" in tune("--help").stdout


def test_write_cfg_asks_and_without_a_terminal_wants_yes(tune, home):
    found = tune("recommend", *BASE, "--write-cfg")
    assert found.returncode == 2
    assert "--yes" in found.stderr
    assert (home / "airflow.cfg").read_text(encoding="utf-8") == CFG


def test_write_cfg_writes_and_a_second_run_finds_nothing_to_write(tune, home):
    found = tune("recommend", *BASE, "--write-cfg", "--yes")
    assert found.returncode == 0, found.stderr
    assert "parallelism = 64" not in (home / "airflow.cfg").read_text(encoding="utf-8")
    assert "was 64" in (home / "airflow.cfg").read_text(encoding="utf-8")
    written = (home / "airflow.cfg").read_bytes()
    names = sorted(home.iterdir())
    again = tune("recommend", *BASE, "--write-cfg", "--yes")
    assert again.returncode == 0, again.stderr
    assert (home / "airflow.cfg").read_bytes() == written
    assert sorted(home.iterdir()) == names


def test_dry_run_shows_the_diff_and_touches_nothing(tune, home):
    before = {path.name: (path.stat().st_mtime_ns, path.stat().st_mode) for path in home.iterdir()}
    found = tune("recommend", *BASE, "--dry-run")
    assert found.returncode == 0, found.stderr
    assert "-parallelism = 64" in found.stdout
    assert {path.name: (path.stat().st_mtime_ns, path.stat().st_mode) for path in home.iterdir()} == before


def test_what_an_environment_variable_hides_is_not_written(tune, home):
    found = tune("recommend", *BASE, "--write-cfg", "--yes", env={"AIRFLOW__CORE__PARALLELISM": "64"})
    assert found.returncode == 0, found.stderr
    assert "AIRFLOW__CORE__PARALLELISM=" in found.stdout + found.stderr
    assert "parallelism = 64" in (home / "airflow.cfg").read_text(encoding="utf-8")


BAD = {
    "unknown version": (["--airflow-version", "next"], 2, '"next" is no Airflow version'),
    "negative memory": (["--memory", "-2GiB"], 2, "-2GiB"),
    "no cores": (["--cores", "0"], 2, "--cores"),
    "profile with a typo": (["--profile", "batch-elt"], 2, 'did you mean "batch-etl"?'),
    "deployment missing": (["--deployment", "nowhere.yaml"], 2, "nowhere.yaml"),
    "folder missing": (["--dags", "nowhere"], 2, "nowhere"),
    "cfg missing": (["--cfg", "nowhere.cfg"], 2, "nowhere.cfg"),
    "db unreachable": (["--db", "postgresql://u:swordfish@127.0.0.1:1/a"], 3, "127.0.0.1"),
    "db of another kind": (["--db", "mongodb://x"], 3, "mongodb"),
}


@pytest.mark.parametrize(("flags", "code", "said"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("command", ["analyze", "recommend"])
def test_bad_input_gets_one_clear_message(tune, command, flags, code, said):
    found = tune(command, *flags)
    assert said in found.stderr
    assert found.returncode == code, found.stderr
    assert found.stdout == ""
    assert "Traceback" not in found.stderr
    assert "swordfish" not in found.stderr


BAD_CFG = {
    "nonsense in a number": (b"[core]\nparallelism = many\n", ":2: core.parallelism"),
    "duplicate key": (b"[core]\nparallelism = 1\nparallelism = 2\n", "airflow.cfg:3"),
    "bad interpolation": (b"[core]\nparallelism = 5%\n", "airflow.cfg:2"),
    "no section": (b"parallelism = 5\n", "airflow.cfg:1"),
    "binary": (b"\x00\x01\x02\xff" * 400, "airflow.cfg"),
    "huge": (b"# x\n" * 4_000_000, "airflow.cfg"),
}


@pytest.mark.parametrize(("data", "said"), BAD_CFG.values(), ids=BAD_CFG)
def test_a_cfg_that_airflow_could_not_read_is_refused_with_its_lines(tune, home, data, said):
    (home / "airflow.cfg").write_bytes(data)
    for flags in ((), ("--write-cfg", "--yes")):
        found = tune("recommend", *BASE, *flags)
        assert found.returncode == 2, found.stderr
        assert said in found.stderr
        assert "Traceback" not in found.stderr
    assert (home / "airflow.cfg").read_bytes() == data
    assert [path.name for path in home.glob("airflow.cfg*")] == ["airflow.cfg"]


def test_an_empty_cfg_means_defaults(tune, home):
    (home / "airflow.cfg").write_bytes(b"")
    assert tune("recommend", *BASE).returncode == 0


def test_no_airflow_anywhere_is_said_and_works_with_defaults(tune, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    found = tune("analyze", "--fail-on", "never", env={"AIRFLOW_HOME": str(empty), "PATH": ""})
    assert found.returncode == 0, found.stderr
    assert "absent" in found.stdout


def test_debug_shows_the_traceback(tune):
    assert "Traceback" in tune("--debug", "analyze", "--airflow-version", "next").stderr


def test_an_output_file_that_cannot_be_written_is_said(tune, tmp_path):
    found = tune("recommend", *BASE, "-o", str(tmp_path / "no" / "such" / "report.txt"))
    assert found.returncode == 2
    assert "report.txt" in found.stderr
