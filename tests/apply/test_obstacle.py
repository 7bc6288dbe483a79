from __future__ import annotations

import os
from pathlib import Path

import pytest

from airflow_tune.apply.obstacle import find_obstacle


def test_nothing_speaks_against_a_file_of_ones_own(cfg, tmp_path, fingerprint):
    before = fingerprint(tmp_path)
    assert find_obstacle(cfg) == ""
    assert fingerprint(tmp_path) == before


def test_a_missing_file_and_what_is_no_file_are_named(tmp_path):
    assert find_obstacle(tmp_path / "airflow.cfg") == f"there is no {tmp_path}/airflow.cfg"
    assert "no regular file" in find_obstacle(tmp_path)
    assert "no regular file" in find_obstacle(Path("/dev/null"))


def test_a_read_only_mount_is_named_through_a_link_too(tmpfs, tmp_path, run):
    place = tmpfs("size=64k")
    (place / "airflow.cfg").touch()
    (tmp_path / "link").symlink_to(place / "airflow.cfg")
    run("mount", "-o", "remount,ro", place)
    assert "read-only mount" in find_obstacle(tmp_path / "link")


def test_a_file_that_is_a_mount_of_its_own_is_named(tmpfs, cfg, run):
    target = tmpfs("size=64k") / "air flow.cfg"
    target.touch()
    run("mount", "--bind", cfg, target)
    try:
        assert "a mount of its own" in find_obstacle(target)
        assert find_obstacle(cfg) == ""
    finally:
        run("umount", target)


def test_a_system_that_lists_no_mounts_has_no_such_obstacle(cfg, tmp_path):
    assert find_obstacle(cfg, mounts=tmp_path / "none") == ""


def test_mount_points_with_blanks_are_recognised(tmp_path):
    cfg = tmp_path / "größe \\ x.cfg"
    cfg.touch()
    escaped = str(cfg).replace("\\", "\\134").replace(" ", "\\040")
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"36 35 98:0 /mnt1 {escaped} rw,noatime master:1 - ext3 /dev/root rw\n")
    assert "a mount of its own" in find_obstacle(cfg, mounts=mounts)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_what_another_user_owns_is_named(in_reach, python):
    cfg = in_reach
    code = """
import os, sys
from pathlib import Path
from airflow_tune.apply.obstacle import find_obstacle
os.setresuid(65534, 65534, 65534)
print(find_obstacle(Path(sys.argv[1])))
"""
    assert "this user may not write into" in python(code, cfg).stdout
    cfg.parent.chmod(0o777)
    assert "belongs to another user (uid 0)" in python(code, cfg).stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission_is_named(cfg):
    cfg.parent.chmod(0o500)
    try:
        assert "this user may not write into" in find_obstacle(cfg)
    finally:
        cfg.parent.chmod(0o700)
