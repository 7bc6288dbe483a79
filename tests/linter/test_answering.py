"""Command lines that are answered at once: as the whole run answers them, and never when anything changed."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_tune.linter.baseline_file import write_baseline

LINT = """
import airflow_tune.linter.watch as watch
watch.SETTLED_NS = -10**18  # what was written just now may be trusted
from airflow_tune.cli.start import run
run()
"""
ASK = "import sys; from airflow_tune.linter.answer import recalled; print(recalled(sys.argv[1:]) is not None)"
ANSWER = """
import sys
from airflow_tune.cli.start import run
try:
    run()
finally:
    assert "typer" not in sys.modules
"""
DAG = "from airflow import DAG\nimport helpers\ndag = DAG('a', catchup=True, schedule='@daily')\n"
FILES = {
    "dags/a.py": DAG,
    "dags/helpers.py": "X = 1\n",
    "dags/team/b.py": DAG.replace("'a'", "'b'"),
    "site/README": "",
}
ARGUMENTS = ("lint", "dags", "--baseline", "known.json")


def environment(home, **more):
    kept = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR", "TERM")}
    return {**kept, "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(home / "site"), **more}


def ran(code, home, *arguments, cwd=None, stdout=subprocess.PIPE, **more):
    command = [sys.executable, "-c", code, *(arguments or ARGUMENTS)]
    return subprocess.run(
        command, check=False, cwd=cwd or home, env=environment(home, **more), stdout=stdout,
        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def told(done):
    return done.returncode, done.stdout, done.stderr


def made(home):
    for name, content in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    write_baseline(home / "known.json", ())
    return home


@pytest.fixture
def home(tmp_path):
    """Return a project that was linted once."""
    made(tmp_path)
    done = ran(LINT, tmp_path)
    assert done.returncode == 1, done.stderr
    assert b"AFT" in done.stdout
    assert known(tmp_path)
    return tmp_path


def known(home, *arguments, **more):
    return ran(ASK, home, *arguments, **more).stdout == b"True\n"


def kept(home):
    return list((home / "cache" / "airflow-tune").glob("answer-*"))


def test_an_answer_is_what_the_whole_run_says(home):
    answer = ran(ANSWER, home)
    assert told(answer) == told(ran(LINT, home, *ARGUMENTS, "--no-cache"))
    assert answer.returncode == 1


def test_notes_on_stderr_are_answered_too(home):
    arguments = (*ARGUMENTS, "--format", "github", "--fail-on", "never")
    assert b"note:" in ran(LINT, home, *arguments).stderr
    assert told(ran(ANSWER, home, *arguments)) == told(ran(LINT, home, *arguments, "--no-cache"))


def edit(name, text):
    def change(home):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return change


CHANGES = {
    "an edited file": edit("dags/a.py", DAG + "\n"),
    "a touched file": lambda home: os.utime(home / "dags/a.py"),
    "a new file": edit("dags/team/c.py", DAG),
    "a new folder": edit("dags/more/c.py", DAG),
    "a file that is gone": lambda home: (home / "dags/team/b.py").unlink(),
    "a renamed folder": lambda home: (home / "dags/team").rename(home / "dags/group"),
    "an edited helper": edit("dags/helpers.py", "X = 2\n"),
    "a package that hides a helper": edit("dags/helpers/__init__.py", ""),
    "what Airflow ignores": edit("dags/.airflowignore", "team\n"),
    "a configuration": edit("airflow-tune.toml", "[lint]\nignore = ['AFT302']\n"),
    "a configuration of ruff": edit("ruff.toml", "[lint]\nselect = ['E']\n"),
    "an edited baseline": edit("known.json", ""),
    "a distribution that is installed": edit("site/rules-1.0.dist-info/METADATA", "Name: rules\n"),
    "a broken answer": lambda home: kept(home)[0].write_bytes(b"\x80"),
    "an answer that names code": lambda home: kept(home)[0].write_bytes(pickle.dumps(Path(home))),
    "an answer of another day": lambda home: aged(kept(home)[0]),
}


def aged(file):
    day, *rest = pickle.loads(file.read_bytes())  # noqa: S301 - of our own making
    file.write_bytes(pickle.dumps((f"1{day[1:]}", *rest)))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_is_answered_after(change, home):
    change(home)
    assert not known(home)


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        ((*ARGUMENTS, "--statistics"), {}),
        (("lint", "../dags", "--baseline", "../known.json"), {"cwd": "site"}),
        (ARGUMENTS, {"COLUMNS": "200"}),
        (ARGUMENTS, {"PYTHONIOENCODING": "latin-1"}),
        (("lint", "dags", "--cache-dir", "elsewhere"), {}),
    ],
)
def test_nothing_is_answered_to_another_question(arguments, more, home):
    if "cwd" in more:
        more = {"cwd": home / more["cwd"]}
    assert not known(home, *arguments, **more)


@pytest.mark.parametrize(
    "more",
    [
        ("--no-cache",),
        ("--output", "out.txt"),
        ("--diff",),
        ("--fix",),
        ("--airflow-version", "3.0.0"),
        ("--select", "AFT9999"),
    ],
)
def test_runs_that_hang_on_more_are_not_kept(more, tmp_path):
    made(tmp_path)
    before = len(kept(tmp_path))
    ran(LINT, tmp_path, *ARGUMENTS, *more)
    assert len(kept(tmp_path)) == before
    assert not known(tmp_path, *ARGUMENTS, *more)


def test_a_rule_of_others_may_hang_on_anything(tmp_path):
    made(tmp_path)
    edit("site/others.py", "RULES = []\n")(tmp_path)
    edit("site/others-1.0.dist-info/METADATA", "Name: others\nVersion: 1.0\n")(tmp_path)
    edit("site/others-1.0.dist-info/entry_points.txt", "[airflow_tune.rules]\nall = others:RULES\n")(tmp_path)
    ran(LINT, tmp_path)
    assert not known(tmp_path)


def test_within_another_program_nothing_is_kept(home, tmp_path):
    (tmp_path / "other.py").write_text(
        LINT.replace("from airflow_tune.cli.start import run\nrun()", "")
        + "import sys\nsys.argv = ['other']\nfrom airflow_tune.cli.main import application\n"
        "application()(['lint', 'dags', '--statistics'])\n",
        encoding="utf-8",
    )
    before = kept(home)
    assert ran((tmp_path / "other.py").read_text("utf-8"), home).returncode == 1
    assert kept(home) == before


def test_a_full_disk_is_told_as_ever(home):
    with Path("/dev/full").open("wb") as full:
        answer = ran(LINT, home, stdout=full)
        whole = ran(LINT, home, *ARGUMENTS, "--no-cache", stdout=full)
    assert (answer.returncode, answer.stderr) == (whole.returncode, whole.stderr)
    assert whole.returncode


def test_a_reader_that_has_seen_enough_ends_it_as_ever(home):
    codes = []
    for arguments in (ARGUMENTS, (*ARGUMENTS, "--no-cache")):
        reading, writing = os.pipe()
        os.close(reading)
        codes.append(ran(LINT, home, *arguments, stdout=writing).returncode)
        os.close(writing)
    assert codes[0] == codes[1]
