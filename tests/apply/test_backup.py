from __future__ import annotations

import errno
import os
import stat
from datetime import datetime, timedelta, timezone

import pytest

from airflow_tune.apply.backup import Backup, list_backups, make_backup
from airflow_tune.errors import ApplyError

STEM = "airflow.cfg.airflow-tune-20261123T201500Z"


def test_a_clash_counts_on_and_overwrites_nothing(cfg, now):
    made = [make_backup(cfg, content, now) for content in (b"1", b"2", b"3")]
    assert [path.name for path in made] == [f"{STEM}.bak", f"{STEM}-2.bak", f"{STEM}-3.bak"]
    assert [path.read_bytes() for path in made] == [b"1", b"2", b"3"]


def test_the_name_is_in_utc_and_the_mode_that_of_the_file(cfg, now):
    path = make_backup(cfg, b"1", now.astimezone(timezone(timedelta(hours=2))))
    assert path.name == f"{STEM}.bak"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP])
def test_without_hard_links_nothing_is_overwritten_either(cfg, now, monkeypatch, code):
    def refused(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refused)
    made = [make_backup(cfg, content, now) for content in (b"1", b"2")]
    assert [path.read_bytes() for path in made] == [b"1", b"2"]
    assert sorted(path.name for path in cfg.parent.iterdir()) == [
        "airflow.cfg",
        f"{STEM}-2.bak",
        f"{STEM}.bak",
    ]


def test_another_failure_of_the_link_is_told(cfg, now, monkeypatch):
    def refused(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", refused)
    with pytest.raises(OSError, match="Input/output error"):
        make_backup(cfg, b"1", now)
    assert [path.name for path in cfg.parent.iterdir()] == ["airflow.cfg"]


def test_backups_are_listed_newest_first_with_time_and_size(cfg, now):
    earlier = make_backup(cfg, b"12", now - timedelta(days=1))
    first, second = (make_backup(cfg, content, now) for content in (b"123", b"1234"))
    ten = [make_backup(cfg, b"", now) for _ in range(8)][-1]
    found = list_backups(cfg)
    assert found[0].path == ten
    assert found[-3:] == [
        Backup(second, now, 4, 2),
        Backup(first, now, 3),
        Backup(earlier, datetime(2026, 11, 22, 20, 15, tzinfo=timezone.utc), 2),
    ]


def test_only_backups_of_this_file_are_listed(cfg, now):
    for name in [
        "airflow.cfg.bak",
        "airflow.cfg.airflow-tune-20261399T999999Z.bak",
        "other.cfg.airflow-tune-20261123T201500Z.bak",
        "airflow.cfg.airflow-tune-20261123T201500Z.bak.gz",
        ".airflow.cfg.airflow-tune-20261123T201500Z.bak",
    ]:
        cfg.with_name(name).touch()
    cfg.with_name("airflow.cfg.airflow-tune-20261123T201501Z.bak").mkdir()
    assert list_backups(cfg) == []
    made = make_backup(cfg, b"", now)
    assert [backup.path for backup in list_backups(cfg)] == [made]


def test_backups_lie_beside_the_file_that_a_link_names_and_outlive_it(cfg, tmp_path, now):
    made = make_backup(cfg, b"1", now)
    folder = tmp_path / "links"
    folder.mkdir()
    (folder / "link").symlink_to(cfg)
    cfg.unlink()
    assert [backup.path for backup in list_backups(folder / "link")] == [made]


def test_a_directory_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(ApplyError, match="its backups could not be listed: it does not exist"):
        list_backups(tmp_path / "none" / "airflow.cfg")
