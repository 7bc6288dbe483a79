"""Lint as a linter is expected to be: configuration, baseline, fixes, stdin, changed files, bad input."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_tune.errors import SourceError, UsageError

SLEEPY = "import time\nfrom airflow import DAG\ntime.sleep(1)\n"
IDLE = "from airflow import DAG\nx = 'ä'  # airflow-tune: ignore[AFT106]\r\ny = 1\n"
POKE = """from airflow import DAG
from airflow.sensors.filesystem import FileSensor

with DAG("a", schedule=None):
    wait = FileSensor(task_id="wait", filepath="x", poke_interval=300)
"""


@pytest.fixture
def dags(tmp_path, monkeypatch):
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "sleepy.py").write_text(SLEEPY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def found(tune, dags):
    """Lint and return (code, file name, line) of each finding."""

    def run(*args):
        report = json.loads(tune("lint", dags, "--format", "json", *args).stdout)
        places = [(one["code"], one["origin"]) for one in report["findings"]]
        return [(code, Path(place["where"]).name, place["line"]) for code, place in places]

    return run


SLEEP = ("AFT106", "sleepy.py", 3)


@pytest.mark.parametrize("name", ["airflow-tune.toml", "pyproject.toml"])
def test_the_nearest_configuration_counts(found, dags, name):
    head = "[lint]" if name.startswith("air") else "[tool.airflow-tune.lint]"
    (dags.parent / name).write_text(f'{head}\nignore = ["AFT106"]\n', encoding="utf-8")
    (dags / "team").mkdir()
    (dags / "team" / "own.py").write_text(SLEEPY, encoding="utf-8")
    assert found() == []
    (dags / "team" / "airflow-tune.toml").write_text("[lint]\n", encoding="utf-8")
    assert found() == [("AFT106", "own.py", 3)]
    assert found("--isolated") == [SLEEP, ("AFT106", "own.py", 3)]
    assert found("--config", dags / "team" / "airflow-tune.toml") == found("--isolated")


@pytest.mark.parametrize(
    ("config", "flags", "expected"),
    [
        ('select = ["AFT2"]', [], []),
        ('select = ["AFT2"]', ["--extend-select", "AFT106"], [SLEEP]),
        ('select = ["AFT2"]\nextend-select = ["AFT1"]', [], [SLEEP]),
        ('select = ["AFT106"]', ["--select", "AFT2"], []),
        ('ignore = ["AFT1"]', ["--select", "AFT106"], [SLEEP]),
        ('ignore = ["AFT1"]\nextend-select = ["AFT106"]', [], [SLEEP]),
        ('ignore = ["AFT106"]\nselect = ["AFT1"]', [], []),
        ('ignore = ["AFT1"]\nselect = ["AFT106"]', [], [SLEEP]),
        ('ignore = ["AFT1"]', ["--ignore", "AFT2"], [SLEEP]),
        ('per-file-ignores = {"dags/sl*" = ["AFT1"]}', [], []),
        ('per-file-ignores = {"sleepy.py" = ["AFT106"]}', ["--select", "AFT106"], []),
        ('per-file-ignores = {"other/*" = ["AFT1"]}', [], [SLEEP]),
        ('exclude = ["dags/sleepy.py"]', [], []),
    ],
)
def test_the_longer_code_wins_and_flags_win_over_the_file(found, dags, config, flags, expected):
    (dags.parent / "airflow-tune.toml").write_text(f"[lint]\n{config}\n", encoding="utf-8")
    assert found(*flags) == expected


def test_severities_can_be_set_and_decide_the_exit_code(tune, dags):
    (dags.parent / "airflow-tune.toml").write_text('[lint.severity]\nAFT1 = "info"\n', encoding="utf-8")
    done = tune("lint", dags)
    assert (done.exit_code, "AFT106 sleep-at-parse (info)" in done.stdout) == (0, True)


def test_rules_have_options(found, dags):
    (dags / "sleepy.py").write_text(
        "import acme\nfrom airflow.sdk import dag, task\n@task\ndef f():\n    acme.go()\n", encoding="utf-8"
    )
    assert found() == []
    (dags.parent / "airflow-tune.toml").write_text(
        '[lint.rules.AFT104]\npackages = ["acme"]\n', encoding="utf-8"
    )
    assert found() == [("AFT104", "sleepy.py", 1)]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("[lint\n", "it is not readable as TOML"),
        ("lint = 1\n", '"lint": expected a table'),
        ('[lint]\nselekt = ["AFT1"]\n', '"selekt": this key is not known\n  → did you mean "select"?'),
        ('[lint]\nselect = "AFT1"\n', "\"select\": expected a list of texts, found 'AFT1'"),
        ('[lint]\nselect = ["AFT166"]\n', 'no rule has the code "AFT166"\n  → did you mean'),
        ('[lint.severity]\nAFT1 = "fatal"\n', '"severity.AFT1": expected one of info, warn, error'),
        ("[lint.rules.AFT203]\nmax-edgse = 3\n", '"rules.AFT203.max-edgse": this option is not known'),
        ("[lint.rules.AFT106]\nx = 3\n", "the rule has no options"),
        ("[lint.rules.AFT203]\nmax-edges = -3\n", '"rules.AFT203.max-edges": expected a value such as 100'),
        ("[lint.rules.AFT104]\npackages = 3\n", '"rules.AFT104.packages": expected a list of texts'),
        ("[lint]\nper-file-ignores = 3\n", '"per-file-ignores": expected a table'),
        ("[lint]\nbaseline = 3\n", '"baseline": expected a path'),
    ],
)
def test_a_broken_configuration_is_told_and_files_are_linted_all_the_same(tune, dags, config, said):
    (dags.parent / "airflow-tune.toml").write_text(config, encoding="utf-8")
    done = tune("lint", dags)
    assert done.exit_code == 2
    assert "AFT106" in done.stdout
    assert f"error: {dags.parent}/airflow-tune.toml" in done.stderr
    assert said in done.stderr


def test_a_configuration_that_is_named_but_not_there_is_refused(tune, dags):
    with pytest.raises(UsageError, match="the configuration could not be read: No such file"):
        tune("lint", dags, "--config", "none.toml")


def test_a_baseline_holds_what_is_known_wherever_it_moves(tune, found, dags):
    done = tune("lint", dags, "--baseline", "known.json", "--update-baseline")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "known.json holds 1 findings of 1 files" in done.stderr
    (dags / "sleepy.py").write_text("# moved\n\n" + SLEEPY + "time.sleep(1)\n", encoding="utf-8")
    assert found("--baseline", "known.json") == [("AFT106", "sleepy.py", 6)]
    assert "1 known findings are in the baseline" in tune("lint", dags, "--baseline", "known.json").stdout
    (dags / "sleepy.py").write_text("from airflow import DAG\n", encoding="utf-8")
    assert "1 that it holds are gone" in tune("lint", dags, "--baseline", "known.json").stdout


def test_an_update_keeps_what_the_baseline_holds_of_other_files(tune, found, dags):
    (dags.parent / "airflow-tune.toml").write_text('[lint]\nbaseline = "known.json"\n', encoding="utf-8")
    (dags / "other.py").write_text(SLEEPY, encoding="utf-8")
    tune("lint", dags, "--update-baseline", "--baseline", "known.json")
    tune("lint", dags / "other.py", "--update-baseline")
    assert found() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is no baseline"),
        ('{"schema": "airflow-tune/baseline/9"}', "the schema is not"),
        ('{"schema": "airflow-tune/baseline/1", "findings": [1]}', "it is no baseline"),
        (None, "the baseline could not be read"),
    ],
)
def test_a_baseline_that_is_none_is_refused(tune, dags, text, said):
    if text is not None:
        (dags.parent / "known.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        tune("lint", dags, "--baseline", "known.json")
    with pytest.raises(UsageError, match="no baseline is named"):
        tune("lint", dags, "--update-baseline")


def test_a_fix_changes_what_it_means_and_no_other_byte(tune, dags):
    path = dags / "idle.py"
    path.write_bytes(IDLE.encode())
    shown = tune("lint", path, "--diff")
    assert shown.exit_code == 1
    assert "-x = 'ä'  # airflow-tune: ignore[AFT106]" in shown.stdout
    assert "1 fix would change 1 files" in shown.stderr
    assert path.read_bytes() == IDLE.encode()
    done = tune("lint", path, "--fix")
    assert (done.exit_code, "1 fix applied to 1 files" in done.stderr) == (0, True)
    assert path.read_bytes() == IDLE.replace("  # airflow-tune: ignore[AFT106]", "").encode()
    again = tune("lint", path, "--fix")
    assert "no fix to apply" in again.stderr
    assert tune("lint", path, "--diff").exit_code == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_a_fixed_file_keeps_its_encoding(tune, dags, encoding):
    head = "# -*- coding: latin-1 -*-\n" if encoding == "latin-1" else ""
    path = dags / "idle.py"
    path.write_bytes((head + IDLE).encode(encoding))
    tune("lint", path, "--fix")
    assert path.read_bytes() == (head + IDLE.replace("  # airflow-tune: ignore[AFT106]", "")).encode(encoding)


def test_unsafe_fixes_are_asked_for(tune, dags):
    path = dags / "poke.py"
    path.write_text(POKE, encoding="utf-8")
    assert "with --fix --unsafe-fixes" in tune("lint", path).stdout
    tune("lint", path, "--fix")
    assert path.read_text(encoding="utf-8") == POKE
    tune("lint", path, "--fix", "--unsafe-fixes")
    assert 'poke_interval=300, mode="reschedule", timeout=6 * 60 * 60)' in path.read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="there is nothing to fix"):
        tune("lint", path, "--unsafe-fixes")


def test_stdin_stands_in_for_a_file(tune, dags):
    done = tune("lint", "-", "--stdin-filename", dags / "new.py", "--format", "json", stdin=SLEEPY)
    (one,) = json.loads(done.stdout)["findings"]
    assert (one["origin"]["where"], one["code"]) == (str(dags / "new.py"), "AFT106")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("{dags}",), "stdin is linted alone, not among other paths"),
        (("--fix",), "--fix goes with files"),
        (("--baseline", "b.json", "--update-baseline"), "--update-baseline goes with files"),
    ],
)
def test_what_does_not_go_with_stdin_is_named(tune, dags, flags, message):
    with pytest.raises(UsageError, match=message):
        tune("lint", "-", *(flag.format(dags=dags) for flag in flags), stdin=SLEEPY)


def git(folder, *args):
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run([shutil.which("git"), *who, *args], cwd=folder, check=True, capture_output=True)


def test_only_changed_files_are_reported(found, dags):
    git(dags.parent, "init", "-q", "-b", "main")
    git(dags.parent, "add", "-A")
    git(dags.parent, "commit", "-qm", "first")
    assert found("--changed-since", "main") == []
    (dags / "new.py").write_text(SLEEPY, encoding="utf-8")
    assert found("--changed-since", "main") == [("AFT106", "new.py", 3)]
    git(dags.parent, "checkout", "-qb", "work")
    git(dags.parent, "add", "-A")
    git(dags.parent, "commit", "-qm", "second")
    assert found("--changed-since", "main") == [("AFT106", "new.py", 3)]
    assert found("--changed-since", "HEAD") == []
    for ref in ("nowhere", "--help"):
        with pytest.raises(UsageError, match="git knows no commit"):
            found("--changed-since", ref)


def test_files_that_read_what_changed_are_reported_too(found, dags):
    (dags / "helper.py").write_text("from pathlib import Path\nNAME = 'a'\n", encoding="utf-8")
    user = f"import helper\n{SLEEPY}"
    (dags / "user.py").write_text(user, encoding="utf-8")
    git(dags.parent, "init", "-q", "-b", "main")
    git(dags.parent, "add", "-A")
    git(dags.parent, "commit", "-qm", "first")
    (dags / "helper.py").write_text("NAME = 'b'\n", encoding="utf-8")
    for _ in ("read", "kept"):
        assert found("--changed-since", "main") == [("AFT106", "user.py", 4)]


def test_without_a_repository_or_git_it_is_said(found, monkeypatch):
    with pytest.raises(UsageError, match="git refused: not a git repository"):
        found("--changed-since", "main")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SourceError, match="git is not installed"):
        found("--changed-since", "main")


@pytest.mark.parametrize(
    ("config", "noted"),
    [
        ('[tool.ruff.lint]\nselect = ["E"]\n', True),
        ('[tool.ruff.lint]\nselect = ["E"]\nextend-select = ["AIR3"]\n', False),
        ('[tool.ruff]\nselect = ["ALL"]\n', False),
        ('[tool.ruff]\nextend = "base.toml"\n', False),
        ('[tool.ruff]\nextend = "none.toml"\n', True),
        ("[tool.black]\n", False),
        ("[tool\n", False),
    ],
)
def test_ruff_without_its_airflow_rules_is_told_once(tune, dags, config, noted):
    (dags.parent / "pyproject.toml").write_text(config, encoding="utf-8")
    (dags.parent / "base.toml").write_text('[lint]\nselect = ["AIR"]\n', encoding="utf-8")
    assert " ".join(tune("lint", dags).stdout.split()).count("without its Airflow rules") == noted


@pytest.mark.parametrize(
    "data",
    [
        b"print 'airflow dag'\n",
        b"# airflow dag\n\x00\n",
        b"# airflow dag \xff\n",
        b"# -*- coding: utf-9 -*- airflow dag\n",
        b"# airflow dag\nx = " + b"(" * 5000 + b"\n",
        b"# airflow dag\n" + b"x = 1\n" * (1 << 20),
    ],
    ids=["python 2", "null", "no utf-8", "coding", "deep", "large"],
)
def test_what_is_no_python_is_a_finding_and_the_others_are_linted(found, dags, data):
    (dags / "bad.py").write_bytes(data)
    (code, name, _), other = found()
    assert (code, name, other) == ("AFT002", "bad.py", SLEEP)


def test_a_folder_without_dags_is_clean(tune, tmp_path):
    (tmp_path / "empty").mkdir()
    done = tune("lint", tmp_path / "empty")
    assert (done.exit_code, "Findings: none in 0 files" in done.stdout) == (0, True)
    assert "there are no DAGs" in done.stdout


@pytest.mark.parametrize("form", ["sarif", "github", "gitlab", "junit"])
def test_formats_for_others_hold_each_finding_and_notes_go_elsewhere(tune, dags, form):
    done = tune("lint", dags, "--format", form)
    assert done.exit_code == 1
    assert "dags/sleepy.py" in done.stdout
    assert str(dags) not in done.stdout
    assert ("not judged" in done.stderr) == (form != "sarif")


def test_rules_are_listed(tune):
    assert "AFT106  sleep-at-parse" in tune("rules").stdout
    listed = json.loads(tune("rules", "--format", "json").stdout)
    assert listed["schema"] == "airflow-tune/rules/1"
    assert {"AFT001", "AFT002", "AFT402"} <= {one["code"] for one in listed["rules"]}


PLUGIN = """
from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule

TOLD = Explanation("what", "why", "example", "instead", "fix", ("source",))
def check(subject):
    for one in subject.index.imports:
        if one.module == "time":
            yield Hit(one.node.lineno, "time is imported")
def fails(subject):
    raise KeyError("x")
RULES = [
    Rule("ACM001", "no-time", Severity.WARN, TOLD, check),
    Rule("ACM002", "it-fails", Severity.WARN, TOLD, fails),
]
TAKEN = Rule("AFT106", "other-name", Severity.WARN, TOLD, check)
"""


@pytest.fixture
def acme(tmp_path):
    """Install a distribution with rules as a wheel is installed: modules, and metadata beside them."""
    site = tmp_path / "site"
    info = site / "acme_rules-1.2.dist-info"
    info.mkdir(parents=True)
    (site / "acme_rules.py").write_text(PLUGIN, encoding="utf-8")
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.2\n", encoding="utf-8"
    )
    points = "a = acme_rules:RULES\nb = acme_rules:TAKEN\nc = nowhere:X\nd = acme_rules:TOLD\n"
    (info / "entry_points.txt").write_text(f"[airflow_tune.rules]\n{points}", encoding="utf-8")
    return site


def test_rules_of_installed_distributions_run_and_broken_ones_are_told(dags, acme):
    env = {**os.environ, "PYTHONPATH": str(acme)}
    command = [sys.executable, "-m", "airflow_tune", "lint", "dags", "--format", "json"]
    done = subprocess.run(command, cwd=dags.parent, env=env, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert [(one["code"], one["origin"]["line"]) for one in report["findings"]] == [
        ("ACM001", 1),
        ("AFT106", 3),
    ]
    notes = "\n".join(report["notes"])
    assert "acme-rules 1.2 (b = acme_rules:TAKEN) are left out: ValueError" in notes
    assert "acme-rules 1.2 (c = nowhere:X) are left out: ModuleNotFoundError" in notes
    assert "acme-rules 1.2 (d = acme_rules:TOLD) are left out: TypeError" in notes
    assert "sleepy.py: ACM002 failed (KeyError)" in notes
