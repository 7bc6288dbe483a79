from __future__ import annotations

import os
from pathlib import Path

import pytest

from airflow_tune.documents.reading import LARGEST_BYTES, read_text
from airflow_tune.errors import DocumentError


def refused(path: Path) -> str:
    with pytest.raises(DocumentError) as error:
        read_text(path, what="profile")
    return str(error.value).replace(str(path), "FILE")


def written(folder: Path, content: bytes) -> Path:
    path = folder / "profile.yaml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with mark"])
def test_utf8_is_read(tmp_path, mark):
    assert read_text(written(tmp_path, mark + "größe: 1\n".encode()), what="profile") == "größe: 1\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("größe: 1".encode("utf-16"), "FILE: the profile is encoded as UTF-16\n  → save it as UTF-8"),
        (
            "a: 1\ngröße: 1".encode("latin-1"),
            "FILE:2: the profile is not UTF-8: byte 0xf6 fits nowhere\n  → save it as UTF-8",
        ),
        (b"a\0b", "FILE: the profile is binary, not text\n  → check that this is the right file"),
        (
            b"#" * (LARGEST_BYTES + 1),
            "FILE: the profile is larger than 1 MiB\n  → check that this is the right file",
        ),
    ],
    ids=["utf-16", "latin-1", "binary", "huge"],
)
def test_what_is_no_utf8_text_of_sensible_size_is_refused(tmp_path, content, message):
    assert refused(written(tmp_path, content)) == message


def test_the_largest_size_allowed_is_read(tmp_path):
    assert len(read_text(written(tmp_path, b"#" * LARGEST_BYTES), what="profile")) == LARGEST_BYTES


def test_a_missing_file_is_refused(tmp_path):
    message = "FILE: the profile does not exist\n  → check the path"
    assert refused(tmp_path / "none.yaml") == message


def test_a_directory_is_refused(tmp_path):
    assert refused(tmp_path) == "FILE: the profile is a directory\n  → name the file inside it"


def test_a_file_in_place_of_a_folder_is_refused(tmp_path):
    path = written(tmp_path, b"a: 1") / "profile.yaml"
    assert refused(path).startswith("FILE: the profile could not be read: ")


def test_an_unreadable_file_is_refused(tmp_path):
    path = written(tmp_path, b"a: 1")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    message = "FILE: the profile could not be read: Permission denied\n  → check its permissions"
    assert refused(path) == message
