"""Real file systems and real processes for what has to survive them."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import subprocess
import sys
from datetime import datetime, timezone

import pytest


@pytest.fixture
def now():
    return datetime(2026, 11, 23, 20, 15, tzinfo=timezone.utc)


@pytest.fixture
def cfg(tmp_path):
    path = tmp_path / "airflow.cfg"
    path.write_bytes(b"[core]\nparallelism = 32\n")
    path.chmod(0o640)
    return path


@pytest.fixture
def in_reach(cfg):
    """Return a file that every user can come to: pytest shuts its folders to others, and will again."""
    ours = ("test_", "popen-", "pytest-")
    for parent in itertools.takewhile(lambda each: each.name.startswith(ours), cfg.parents):
        parent.chmod(parent.stat().st_mode | 0o055)
    return cfg


@pytest.fixture
def run():
    """Return a function that runs a program and fails if that does."""

    def running(program, *arguments):
        subprocess.run([shutil.which(program), *arguments], check=True, capture_output=True)

    return running


@pytest.fixture
def fingerprint():
    """Return a hash of all names, contents, times and modes below a directory."""

    def taken(directory):
        digest = hashlib.sha256()
        for path in sorted([directory, *directory.rglob("*")]):
            status = path.lstat()
            digest.update(repr((str(path), status.st_mode, status.st_mtime_ns, status.st_ino)).encode())
            if path.is_file():
                digest.update(path.read_bytes())
        return digest.hexdigest()

    return taken


@pytest.fixture
def tmpfs(tmp_path, run):
    """Return a function that mounts a small file system of its own, for root only."""
    mounted = []

    def mount(*options):
        if os.geteuid() or not shutil.which("mount"):
            pytest.skip("only root can mount")
        place = tmp_path / f"mount{len(mounted)}"
        place.mkdir()
        try:
            run("mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", place)
        except subprocess.CalledProcessError:
            pytest.skip("mounting is not allowed here")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        run("umount", "-l", place)


@pytest.fixture
def python():
    """Return a function that runs Python code in a process of its own and returns what it did."""

    def run(code, *arguments, **options):
        command = [sys.executable, "-c", code, *map(str, arguments)]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=env, **options)

    return run
