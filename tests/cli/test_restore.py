from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import datetime, timezone

import pytest

from airflow_tune.apply.backup import list_backups
from airflow_tune.apply.write import write_atomically

OLD = b"[core]\nparallelism = 32\nfernet_key = hunter2\n"
NEW = OLD.replace(b"32", b"16")
CODE = "from airflow_tune.cli.main import run; run()"


@pytest.fixture
def cfg(tmp_path):
    path = tmp_path / "airflow.cfg"
    path.write_bytes(OLD)
    write_atomically(path, NEW, expected=OLD, backup_at=datetime(2026, 11, 23, 20, 15, tzinfo=timezone.utc))
    return path


@pytest.fixture
def restore(cfg):
    """Return a function that runs `airflow-tune restore` on that file, without a terminal."""

    def run(*arguments, at=cfg, **options):
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "COLUMNS": "200"}
        command = [sys.executable, "-c", CODE, "restore", "--cfg", at, *arguments]
        return subprocess.run(
            command, check=False, capture_output=True, text=True, env=env, input="", **options
        )

    return run


def answered(cfg, answer):
    """Run it on a terminal of its own, where somebody answers; return exit code and all that was said."""
    main, terminal = pty.openpty()
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, "restore", "--cfg", cfg],
        stdin=terminal, stdout=terminal, stderr=terminal, env=env,
    )  # fmt: skip
    os.close(terminal)
    os.write(main, answer)
    said = b""
    while True:
        try:
            part = os.read(main, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part
    os.close(main)
    return process.wait(), said.decode()


def test_yes_restores_the_newest_and_keeps_the_present(cfg, restore):
    ran = restore("--yes")
    assert ran.returncode == 0
    assert cfg.read_bytes() == OLD
    newest = list_backups(cfg)[0]
    assert newest.path.read_bytes() == NEW
    assert "-parallelism = 16\n+parallelism = 32\n" in ran.stdout
    assert "hunter2" not in ran.stdout + ran.stderr
    assert f"what it held before is kept in {newest.path}" in ran.stderr


def test_without_a_terminal_and_without_yes_nothing_is_done(cfg, restore):
    ran = restore()
    assert ran.returncode == 2
    assert cfg.read_bytes() == NEW
    assert "there is no terminal to ask on" in ran.stderr
    assert "--yes" in ran.stderr


@pytest.mark.parametrize(
    ("answer", "content", "said"), [(b"y\n", OLD, "Wrote"), (b"n\n", NEW, "Nothing was")]
)
def test_on_a_terminal_it_asks(cfg, answer, content, said):
    code, text = answered(cfg, answer)
    assert code == 0
    assert cfg.read_bytes() == content
    assert "Restore " in text
    assert said in text
    assert "\x1b[31m-parallelism = 16" in text


def test_a_dry_run_touches_nothing(cfg, restore):
    def state():
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in cfg.parent.iterdir()}

    before = state()
    ran = restore("--dry-run")
    assert ran.returncode == 0
    assert "+parallelism = 32" in ran.stdout
    assert "dry run" in ran.stderr
    assert state() == before


def test_the_list_has_number_time_age_and_size(cfg, restore):
    kept = list_backups(cfg)[0].path
    restore("--yes")
    ran = restore("--list")
    first, second = ran.stdout.splitlines()
    assert first.split()[0] == "1"
    assert second.split()[:3] == ["2", "2026-11-23", "20:15:00Z"]
    assert second.endswith(f"ago  {len(OLD)} B  {kept}")
    assert ran.returncode == 0


@pytest.mark.parametrize("chosen", ["2", "airflow.cfg.airflow-tune-20261123T201500Z.bak", "path"])
def test_a_backup_is_chosen_by_number_name_or_path(cfg, restore, chosen):
    kept = list_backups(cfg)[0].path
    write_atomically(cfg, b"[x]\n", expected=NEW, backup_at=datetime(2026, 11, 24, tzinfo=timezone.utc))
    assert restore("--yes", "--backup", str(kept) if chosen == "path" else chosen).returncode == 0
    assert cfg.read_bytes() == OLD


def test_a_backup_that_is_not_there_is_told(cfg, restore):
    for wanted in ("0", "3", "airflow.cfg", "/etc/passwd"):
        ran = restore("--yes", "--backup", wanted)
        assert ran.returncode == 2
        assert f"{cfg}: there is no backup {wanted} of it" in ran.stderr
    assert cfg.read_bytes() == NEW


def test_without_backups_there_is_nothing_to_list_or_restore(cfg, restore):
    list_backups(cfg)[0].path.unlink()
    assert "There are no backups of" in restore("--list").stderr
    ran = restore("--yes")
    assert ran.returncode == 2
    assert "there are no backups of it" in ran.stderr


def test_what_is_there_already_is_not_written(cfg, restore):
    cfg.write_bytes(OLD)
    ran = restore("--yes")
    assert ran.returncode == 0
    assert ran.stdout == ""
    assert "There is nothing to change in" in ran.stderr
    assert len(list_backups(cfg)) == 1


def test_a_cfg_that_is_gone_is_left_to_the_user(cfg, restore):
    cfg.unlink()
    ran = restore("--yes")
    assert ran.returncode == 2
    assert "cp -p" in ran.stderr
