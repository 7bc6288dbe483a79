from __future__ import annotations

from airflow_tune.host.tree import KernelFile, KernelTree


def test_files_are_named_as_the_kernel_knows_them(tmp_path):
    (tmp_path / "file").write_text("text", encoding="ascii")
    file = KernelTree(tmp_path).read("/file")
    assert file == KernelFile("/file", "text")
    assert str(file.origin(3)) == "/file:3"


def test_missing_files_are_no_trouble(tmp_path):
    (tmp_path / "file").touch()
    tree = KernelTree(tmp_path)
    assert tree.read("/none") == KernelFile("/none", None)
    assert tree.read("/file/below") == KernelFile("/file/below", None)
    assert not tree.has_directory("/file")


def test_what_cannot_be_read_says_why(tmp_path):
    assert KernelTree(tmp_path).read("/").trouble


def test_bytes_that_are_no_text_do_not_stop_reading(tmp_path):
    (tmp_path / "file").write_bytes(b"\xff1")
    assert KernelTree(tmp_path).read("/file").content == "\ufffd1"
