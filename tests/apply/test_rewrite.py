from __future__ import annotations

from datetime import timedelta

import pytest

from airflow_tune.apply.backup import Backup, list_backups
from airflow_tune.apply.rewrite import restoration
from airflow_tune.apply.write import write_atomically
from airflow_tune.errors import ApplyError


def test_the_way_back_keeps_the_way_forth(cfg, now):
    old, new = cfg.read_bytes(), b"[core]\nparallelism = 16\n"
    write_atomically(cfg, new, expected=old, backup_at=now)
    kept = restoration(cfg, list_backups(cfg)[0]).carry_out(now=now + timedelta(hours=1))
    assert cfg.read_bytes() == old
    assert kept.read_bytes() == new
    assert list_backups(cfg)[0].path == kept
    assert len(list_backups(cfg)) == 2


def test_a_backup_that_is_there_already_changes_nothing(cfg, now, fingerprint):
    old = cfg.read_bytes()
    write_atomically(cfg, b"", expected=old, backup_at=now)
    backup = list_backups(cfg)[0]
    restoration(cfg, backup).carry_out(now=now)
    before = fingerprint(cfg.parent)
    assert restoration(cfg, backup).carry_out(now=now) is None
    assert fingerprint(cfg.parent) == before


def test_a_cfg_that_is_gone_is_left_to_the_user(cfg, now):
    path = cfg.with_name("b")
    path.touch()
    cfg.unlink()
    with pytest.raises(ApplyError, match=f"copy the backup yourself: cp -p {path} {cfg}"):
        restoration(cfg, Backup(path, now, 0))


def test_a_backup_that_cannot_be_read_is_told(cfg, now):
    with pytest.raises(ApplyError, match="could not be read: it does not exist"):
        restoration(cfg, Backup(cfg.with_name("gone"), now, 0))


def test_only_what_was_shown_is_replaced(cfg, now):
    path = cfg.with_name("b")
    path.touch()
    rewrite = restoration(cfg, Backup(path, now, 0))
    cfg.write_bytes(b"[core]\nparallelism = 64\n")
    with pytest.raises(ApplyError, match="it changed since it was read"):
        rewrite.carry_out(now=now)
    assert cfg.read_bytes() == b"[core]\nparallelism = 64\n"
