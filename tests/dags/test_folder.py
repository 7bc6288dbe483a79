"""Which files of a folder are read: as Airflow finds them, `.airflowignore` and links included."""

from __future__ import annotations

import pytest

from airflow_tune.dags.folder import listing, python_files
from airflow_tune.dags.ignore import Syntax

FILES = (
    "top.py", "team_a/one.py", "team_a/two.py", "team_a/keep/three.py", "team_b/one.py", "team_b/old_one.py",
    "lib/config.py",
)  # fmt: skip


@pytest.fixture
def dags(tmp_path):
    folder = tmp_path / "dags"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")
    return folder


def ignore(folder, text):
    (folder / ".airflowignore").write_text(text, encoding="utf-8")


def names(top, syntax=Syntax.GUESS, base=None):
    return {str(path.relative_to(base or top)) for path in listing([top], syntax).files}


def without(*gone):
    return set(FILES) - set(gone)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("one.py", ["team_a/one.py", "team_b/one.py"]),
        ("/team_a/one.py  # not yet", ["team_a/one.py"]),
        ("lib/", ["lib/config.py"]),
        ("top.py/", []),
        ("team_*/one.py\n!team_b/one.py", ["team_a/one.py"]),
        ("# one.py", []),
        ("[w-t]x\nlib/", ["lib/config.py"]),
    ],
)
def test_globs(dags, text, gone):
    ignore(dags, text)
    assert names(dags, Syntax.GLOB) == names(dags) == without(*gone)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("team_[ab]/one", ["team_a/one.py", "team_b/one.py"]),
        ("old", ["team_b/old_one.py"]),
        ("(\nold_.*", ["team_b/old_one.py"]),
        ("^lib", ["lib/config.py"]),
    ],
)
def test_regular_expressions(dags, text, gone):
    ignore(dags, text)
    assert names(dags, Syntax.REGEXP) == without(*gone)


def test_what_only_a_regular_expression_is_is_taken_for_one(dags):
    ignore(dags, "team_a/.*\n")
    assert names(dags) == without("team_a/one.py", "team_a/two.py", "team_a/keep/three.py")


def test_deeper_files_say_more_and_those_above_hold_for_a_part_of_the_folder(dags):
    ignore(dags, "one.py\n")
    ignore(dags / "team_b", "!one.py\nold_one.py\n")
    assert names(dags, Syntax.GLOB) == without("team_a/one.py", "team_b/old_one.py")
    assert names(dags / "team_a", Syntax.GLOB, dags) == {"team_a/two.py", "team_a/keep/three.py"}
    ignore(dags, "^team_a/one\n")
    assert names(dags / "team_a", Syntax.REGEXP, dags) == {"team_a/two.py", "team_a/keep/three.py"}


def test_a_file_that_is_named_is_read(dags):
    ignore(dags, "*\n")
    assert python_files([dags, dags / "top.py"]) == [dags / "top.py"]


def test_links_to_folders_are_followed_but_never_in_a_circle(dags, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "common.py").write_text("", encoding="utf-8")
    (dags / "shared").symlink_to(tmp_path / "shared")
    (dags / "team_a" / "again").symlink_to(dags)
    (dags / "self").symlink_to(dags / "self")
    found = listing([dags])
    assert {str(path.relative_to(dags)) for path in found.files} == {*FILES, "shared/common.py"}
    (note,) = found.notes
    assert note.startswith(f"{dags}/team_a/again: a link to {dags}, which is read already")
