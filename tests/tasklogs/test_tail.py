"""Reading the end of a file below a folder and nothing else, whatever lies there."""

from __future__ import annotations

import os

import pytest

from airflow_tune.tasklogs.place import TryKey, log_place
from airflow_tune.tasklogs.tail import read_tail

PLACE = ("dag_id=d", "run_id=r", "task_id=t", "attempt=1.log")


@pytest.fixture
def log(tmp_path):
    path = tmp_path.joinpath(*PLACE)
    path.parent.mkdir(parents=True)
    path.write_text("first\nsecond\nthird\n", encoding="utf-8")
    return path


def test_the_whole_of_a_short_file_and_the_end_of_a_long_one(tmp_path, log):
    assert read_tail(tmp_path, PLACE) == "first\nsecond\nthird\n"
    assert read_tail(tmp_path, PLACE, most=9) == "third\n"
    log.write_bytes(b"\xff" * 10)
    assert read_tail(tmp_path, PLACE) == "\ufffd" * 10


@pytest.mark.parametrize("which", range(len(PLACE)))
def test_no_symbolic_link_is_followed(tmp_path, log, which):
    part = tmp_path.joinpath(*PLACE[: which + 1])
    moved = tmp_path / "elsewhere"
    part.rename(moved)
    part.symlink_to(moved)
    assert log.read_text(encoding="utf-8").startswith("first")
    assert read_tail(tmp_path, PLACE) is None


def test_the_folder_itself_may_be_a_link(tmp_path, log):
    link = tmp_path / "link"
    link.symlink_to(tmp_path, target_is_directory=True)
    assert read_tail(link, PLACE) is not None
    assert log.exists()


def test_what_is_no_file_is_passed_over(tmp_path, log):
    log.unlink()
    assert read_tail(tmp_path, PLACE) is None
    os.mkfifo(log)
    assert read_tail(tmp_path, PLACE) is None
    log.unlink()
    log.mkdir()
    assert read_tail(tmp_path, PLACE) is None
    assert read_tail(tmp_path / "nowhere", PLACE) is None


def test_places_are_those_of_airflow():
    assert log_place(TryKey("d", "r", "t", -1, 1)) == PLACE
    assert log_place(TryKey("d", "r", "t", 4, 2))[-2:] == ("map_index=4", "attempt=2.log")
    assert log_place(TryKey("../../etc", "r", "t", -1, 1)) is None
    assert log_place(TryKey("d", "r\0", "t", -1, 1)) is None
