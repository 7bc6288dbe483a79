from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from airflow_tune.apply import lock, write
from airflow_tune.apply.write import replace_whole, write_atomically
from airflow_tune.errors import ApplyError

OLD = b"[core]\nparallelism = 32\n"
NEW = b"[core]\nparallelism = 16\n"
LOCK = ".airflow.cfg.airflow-tune.lock"


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def refusal(path, data=NEW, expected=OLD, **more):
    with pytest.raises(ApplyError) as refused:
        write_atomically(path, data, expected=expected, **more)
    return str(refused.value)


def test_the_content_is_replaced_and_nothing_else_is_left(cfg):
    assert write_atomically(cfg, NEW, expected=OLD) is None
    assert cfg.read_bytes() == NEW
    assert names(cfg.parent) == [LOCK, "airflow.cfg"]


def test_mode_and_times_say_what_is_true(cfg):
    inode = cfg.stat().st_ino
    write_atomically(cfg, NEW, expected=OLD)
    assert stat.S_IMODE(cfg.stat().st_mode) == 0o640
    assert cfg.stat().st_ino != inode, "a reader that has the old file open keeps it whole"


def test_what_is_already_there_is_not_written(cfg, fingerprint, now):
    before = fingerprint(cfg.parent)
    assert write_atomically(cfg, OLD, expected=OLD, backup_at=now) is None
    assert fingerprint(cfg.parent) == before


def test_a_backup_is_made_of_what_is_replaced(cfg, now):
    backup = write_atomically(cfg, NEW, expected=OLD, backup_at=now)
    assert backup == cfg.with_name("airflow.cfg.airflow-tune-20261123T201500Z.bak")
    assert backup.read_bytes() == OLD
    assert stat.S_IMODE(backup.stat().st_mode) == 0o640
    assert names(cfg.parent) == [LOCK, "airflow.cfg", backup.name]


def test_a_link_stays_a_link(cfg, tmp_path, now):
    folder = tmp_path / "links"
    folder.mkdir()
    (folder / "one").symlink_to(cfg)
    (folder / "two").symlink_to("one")
    backup = write_atomically(folder / "two", NEW, expected=OLD, backup_at=now)
    assert (folder / "two").readlink() == Path("one")
    assert cfg.read_bytes() == NEW
    assert backup.parent == cfg.parent
    assert names(folder) == ["one", "two"]


def test_a_file_that_changed_since_is_left_alone(cfg, now):
    cfg.write_bytes(b"[core]\n")
    assert "it changed since it was read" in refusal(cfg, backup_at=now)
    assert cfg.read_bytes() == b"[core]\n"
    assert names(cfg.parent) == [LOCK, "airflow.cfg"]


def test_a_change_while_writing_is_noticed_before_the_rename(cfg, now, monkeypatch):
    def edited_meanwhile(_):
        cfg.write_bytes(b"[x]\n")

    monkeypatch.setattr(write, "sync_directory", edited_meanwhile)
    assert "it changed since it was read" in refusal(cfg, backup_at=now)
    assert cfg.read_bytes() == b"[x]\n"
    assert names(cfg.parent) == [LOCK, "airflow.cfg"], "neither a temporary file nor a backup"


def test_an_interrupt_after_the_rename_keeps_the_backup(cfg, now, monkeypatch):
    replace = Path.replace

    def interrupted(path, target):
        replace(path, target)
        if path.suffix == ".tmp" and target == cfg:
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(cfg, NEW, expected=OLD, backup_at=now)
    assert cfg.read_bytes() == NEW
    assert names(cfg.parent) == [LOCK, "airflow.cfg", "airflow.cfg.airflow-tune-20261123T201500Z.bak"]


def test_what_a_killed_run_left_is_cleaned_and_nothing_else(cfg):
    left = cfg.with_name(".airflow.cfg.airflow-tune-0011223344556677.tmp")
    left.write_bytes(b"half")
    others = [".airflow.cfg.swp", ".other.cfg.airflow-tune-00.tmp", "airflow.cfg.airflow-tune-00.tmp"]
    for name in others:
        cfg.with_name(name).write_bytes(b"")
    folder = cfg.with_name(".airflow.cfg.airflow-tune-77.tmp")
    folder.mkdir()
    write_atomically(cfg, NEW, expected=OLD)
    assert not left.exists()
    assert names(cfg.parent) == sorted([LOCK, "airflow.cfg", folder.name, *others])


def test_a_second_writer_is_refused_while_the_first_has_the_lock(cfg, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE_S", 0.05)
    with lock.exclusive(cfg):
        assert f"another airflow-tune is writing it (it holds {LOCK})" in refusal(cfg)
    write_atomically(cfg, NEW, expected=OLD)


def test_a_directory_is_refused(tmp_path):
    assert "it is a directory" in refusal(tmp_path)


def test_a_missing_file_is_refused(tmp_path):
    assert "it does not exist" in refusal(tmp_path / "airflow.cfg")
    assert "it does not exist" in refusal(tmp_path / "none" / "airflow.cfg")
    assert names(tmp_path) == []


def test_a_circle_of_links_is_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert "in a circle" in refusal(tmp_path / "a")


@pytest.mark.parametrize("path", ["/dev/null", "/dev/full"])
def test_a_device_is_refused(path):
    assert "is no regular file" in refusal(Path(path))


def test_a_full_disk_leaves_the_file_as_it_was(tmpfs, now):
    place = tmpfs("size=64k")
    cfg = place / "airflow.cfg"
    cfg.write_bytes(OLD)
    assert "the disk is full" in refusal(cfg, data=b"#" * 100_000, backup_at=now)
    assert cfg.read_bytes() == OLD
    assert names(place) == [LOCK, "airflow.cfg"]


def test_a_disk_that_fills_up_with_the_backup_leaves_nothing(tmpfs, now):
    place = tmpfs("size=64k")
    cfg = place / "airflow.cfg"
    cfg.write_bytes(b"#" * 30_000)
    assert "the disk is full" in refusal(cfg, NEW + b"#" * 20_000, b"#" * 30_000, backup_at=now)
    assert cfg.read_bytes() == b"#" * 30_000
    assert names(place) == [LOCK, "airflow.cfg"]


def test_a_limit_on_file_sizes_leaves_the_file_as_it_was(cfg, python):
    code = """
import resource, sys
from datetime import datetime, timezone
from pathlib import Path
from airflow_tune.apply.write import write_atomically
from airflow_tune.errors import ApplyError
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
path = Path(sys.argv[1])
try:
    write_atomically(path, b"#" * 10_000, expected=path.read_bytes(), backup_at=datetime.now(timezone.utc))
except ApplyError as error:
    print(error)
"""
    ran = python(code, cfg)
    assert "could not be written: the file would be larger than this process may write" in ran.stdout, ran
    assert cfg.read_bytes() == OLD
    assert names(cfg.parent) == [LOCK, "airflow.cfg"]


def test_a_read_only_mount_is_refused(tmpfs, run):
    place = tmpfs("size=64k")
    cfg = place / "airflow.cfg"
    cfg.write_bytes(OLD)
    run("mount", "-o", "remount,ro", place)
    message = refusal(cfg)
    assert "read-only mount" in message
    assert "AIRFLOW__SECTION__OPTION" in message
    assert names(place) == ["airflow.cfg"]


def test_a_file_that_is_a_mount_of_its_own_is_refused(tmpfs, cfg, now, run):
    place = tmpfs("size=64k")
    target = place / "airflow.cfg"
    target.touch()
    run("mount", "--bind", cfg, target)
    try:
        assert "a mount of its own" in refusal(target, backup_at=now)
    finally:
        run("umount", target)
    assert cfg.read_bytes() == OLD
    assert names(place) == [LOCK, "airflow.cfg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission_is_refused(cfg):
    cfg.parent.chmod(0o500)
    try:
        assert "this user may not write there" in refusal(cfg)
    finally:
        cfg.parent.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_users_directory_is_refused(in_reach, python):
    cfg = in_reach
    cfg.chmod(0o644)
    code = """
import os, sys
from pathlib import Path
from airflow_tune.apply.write import write_atomically
from airflow_tune.errors import ApplyError
import filelock
path = Path(sys.argv[1])
os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
try:
    write_atomically(path, b"", expected=path.read_bytes())
except ApplyError as error:
    print(error)
"""
    assert "this user may not write there" in python(code, cfg).stdout
    cfg.parent.chmod(0o777)
    assert "its owner (uid 0, gid 0) could not be kept" in python(code, cfg).stdout
    assert cfg.read_bytes() == OLD
    assert [name for name in names(cfg.parent) if name != LOCK] == ["airflow.cfg"]


def test_a_failure_to_sync_after_the_rename_says_so(cfg, monkeypatch):
    calls = []

    def failing(_):
        calls.append(cfg.read_bytes())
        if calls[-1] == NEW:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(write, "sync_directory", failing)
    assert "was written, but a power loss now could undo it: Input/output error" in refusal(cfg)
    assert calls == [OLD, NEW]


def test_a_result_is_written_new(tmp_path):
    umask = os.umask(0o027)
    try:
        replace_whole(tmp_path / "out.json", b"{}")
    finally:
        os.umask(umask)
    assert (tmp_path / "out.json").read_bytes() == b"{}"
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o640
    assert names(tmp_path) == ["out.json"]


def test_a_result_replaces_an_older_one_behind_a_link(cfg, tmp_path):
    (tmp_path / "link").symlink_to(cfg)
    replace_whole(tmp_path / "link", NEW)
    assert cfg.read_bytes() == NEW
    assert stat.S_IMODE(cfg.stat().st_mode) == 0o640


def test_a_result_goes_into_a_device_as_it_is():
    replace_whole(Path("/dev/null"), NEW)
    with pytest.raises(OSError, match="No space left"):
        replace_whole(Path("/dev/full"), NEW)
    assert Path("/dev/full").is_char_device()


def test_a_result_cannot_replace_a_directory(tmp_path):
    with pytest.raises(IsADirectoryError):
        replace_whole(tmp_path, NEW)
