from __future__ import annotations

import os
import time

from airflow_tune.linter.prune import KEPT_S, USED_S, prune, used

NAMES = [f"{kind}-{'0a' * 16}" for kind in ("lint", "run", "answer")]


def aged(path, seconds):
    path.write_bytes(b"x")
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def test_old_files_of_the_cache_go_and_no_others(tmp_path):
    old = [aged(tmp_path / name, KEPT_S + 60) for name in (*NAMES, ".lint-abcd1234")]
    others = [aged(tmp_path / name, KEPT_S + 60) for name in ("lint-notes", "run-1", f"{NAMES[0]}.txt")]
    fresh = aged(tmp_path / f"lint-{'1b' * 16}", KEPT_S - 60)
    prune(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*others, fresh])
    assert not any(one.exists() for one in old)
    prune(tmp_path / "none")


def test_what_is_read_counts_as_used(tmp_path):
    path = aged(tmp_path / NAMES[0], KEPT_S + 60)
    used(path)
    assert time.time() - path.stat().st_mtime < USED_S
    fresh = aged(tmp_path / NAMES[1], 60)
    before = fresh.stat().st_mtime_ns
    used(fresh)
    used(tmp_path / "none")
    assert fresh.stat().st_mtime_ns == before
    prune(tmp_path)
    assert path.exists()


def test_a_link_is_judged_by_itself(tmp_path):
    (tmp_path / "cache").mkdir()
    target = aged(tmp_path / "target", KEPT_S + 60)
    (tmp_path / "cache" / NAMES[0]).symlink_to(target)
    prune(tmp_path / "cache")
    assert target.exists()
