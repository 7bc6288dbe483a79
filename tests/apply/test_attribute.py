from __future__ import annotations

import os
import stat
import struct

import pytest

from airflow_tune.apply import attribute
from airflow_tune.apply.write import write_atomically
from airflow_tune.errors import ApplyError

linux = pytest.mark.skipif(not hasattr(os, "setxattr"), reason="extended attributes are Linux's")


def acl(*entries):
    """Return an ACL as the kernel keeps it: version 2, then tag, permissions, id of each entry."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def with_attribute(path, name, value):
    try:
        os.setxattr(path, name, value)
    except OSError:
        pytest.skip(f"this file system keeps no {name}")


@linux
def test_extended_attributes_and_acl_stay(cfg, now):
    nobody = 2**32 - 1
    access = acl((1, 6, nobody), (2, 4, 1234), (4, 4, nobody), (16, 4, nobody), (32, 0, nobody))
    with_attribute(cfg, "user.note", b"mine\0")
    with_attribute(cfg, "system.posix_acl_access", access)
    mode = cfg.stat().st_mode
    backup = write_atomically(cfg, b"", expected=cfg.read_bytes(), backup_at=now)
    for path in (cfg, backup):
        assert os.getxattr(path, "user.note") == b"mine\0"
        assert os.getxattr(path, "system.posix_acl_access") == access
        assert path.stat().st_mode == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_owner_and_unusual_modes_stay(cfg, now):
    os.chown(cfg, 1234, 4321)
    cfg.chmod(0o4604)
    backup = write_atomically(cfg, b"", expected=cfg.read_bytes(), backup_at=now)
    for path in (cfg, backup):
        status = path.stat()
        assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 4321, 0o4604)
    lock = cfg.with_name(".airflow.cfg.airflow-tune.lock").stat()
    assert (lock.st_uid, lock.st_gid) == (1234, 4321), "its owner must not be shut out by root's lock file"


@linux
@pytest.mark.parametrize("name", ["user.note", "security.label"])
def test_an_attribute_that_cannot_be_kept_is_told_unless_the_kernel_sets_it(cfg, monkeypatch, name):
    def refused(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "listxattr", lambda _: [name])
    monkeypatch.setattr(os, "getxattr", lambda *_: b"")
    monkeypatch.setattr(os, "setxattr", refused)
    old = cfg.read_bytes()
    if name.startswith("security."):
        write_atomically(cfg, b"", expected=old)
        assert cfg.read_bytes() == b""
    else:
        with pytest.raises(
            ApplyError, match=r"its extended attribute user\.note could not be kept: Operation"
        ):
            write_atomically(cfg, b"", expected=old)
        assert cfg.read_bytes() == old


def test_a_system_without_extended_attributes_is_none_the_worse(cfg, monkeypatch):
    monkeypatch.delattr(attribute.os, "listxattr", raising=False)
    write_atomically(cfg, b"", expected=cfg.read_bytes())
    assert cfg.read_bytes() == b""
