"""A write that is killed, at whichever step, leaves the old or the new file whole."""

from __future__ import annotations

import json
import os

THOROUGH = bool(os.environ.get("AIRFLOW_TUNE_THOROUGH"))
STEPS = 200 if THOROUGH else 60
MOMENTS = 200 if THOROUGH else 20

# One process forks a writer for every kill, because starting Python 200 times costs minutes. A writer
# counts every call of a C function (open, write, fsync, link, rename, …) and kills itself at the nth, before
# or after it is carried out; or is killed from outside after a share of the time that a write takes.
CODE = r"""
import configparser, json, os, random, signal, sys, time
from datetime import datetime, timezone
from pathlib import Path
import filelock
from airflow_tune.apply.backup import list_backups
from airflow_tune.apply.change import Change
from airflow_tune.apply.document import CfgDocument
from airflow_tune.apply.write import write_atomically

path, steps, moments = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
old = path.read_bytes()
new = CfgDocument.parse(old, str(path)).edited([Change("core", "parallelism", "16", "why")])
now = datetime(2026, 11, 23, tzinfo=timezone.utc)
random.seed(20261123)

def write():
    write_atomically(path, new, expected=old, backup_at=now)

def child(prepare):
    process = os.fork()
    if not process:
        prepare()
        write()
        os._exit(0)
    return process

def killed_at(wanted):
    count = 0
    def count_calls(frame, event, argument):
        nonlocal count
        if event in ("c_call", "c_return"):
            count += 1
            if count == wanted:
                os.kill(os.getpid(), signal.SIGKILL)
    return lambda: sys.setprofile(count_calls)

def state_after(process):
    _, status = os.waitpid(process, 0)
    found = path.read_bytes()
    parser = configparser.ConfigParser()
    parser.read_string(found.decode())
    backups = [backup.path.read_bytes() == old for backup in list_backups(path)]
    state = {
        "killed": os.WIFSIGNALED(status),
        "content": {old: "old", new: "new"}.get(found, "torn"),
        "parallelism": parser["core"]["parallelism"],
        "backups": backups,
    }
    reset()
    # The next run is neither blocked by the lock nor disturbed by what was left.
    write()
    state["left"] = [name for name in os.listdir(path.parent) if name.endswith(".tmp")]
    state["then"] = path.read_bytes() == new
    reset()
    return state

def reset():
    path.write_bytes(old)
    for backup in list_backups(path):
        backup.path.unlink()

calls = 0
def count_all(frame, event, argument):
    global calls
    calls += event in ("c_call", "c_return")
sys.setprofile(count_all)
write()
sys.setprofile(None)
reset()
started = time.perf_counter()
write()
duration = time.perf_counter() - started
reset()
chosen = sorted(random.sample(range(1, calls), min(steps, calls - 1)))
at_steps = [state_after(child(killed_at(step))) for step in chosen]
at_moments = []
for _ in range(moments):
    process = child(lambda: None)
    time.sleep(random.uniform(0, duration * 1.5))
    os.kill(process, signal.SIGKILL)
    at_moments.append(state_after(process))
print(json.dumps({"calls": calls, "steps": at_steps, "moments": at_moments}))
"""


def test_a_killed_write_leaves_one_file_whole(cfg, python):
    options = "".join(f"# about option_{n}\noption_{n} = {n}\n" for n in range(4_000))
    cfg.write_text(f"[core]\nparallelism = 32\n{options}")
    ran = python(CODE, cfg, STEPS, MOMENTS)
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout)
    states = result["steps"] + result["moments"]
    assert len(result["steps"]) == STEPS
    for state in states:
        assert state["parallelism"] == {"old": "32", "new": "16"}[state["content"]]
        assert all(state["backups"]), "a backup is whole or not there"
        assert state["content"] == "old" or state["backups"] == [True]
        assert state["then"]
        assert state["left"] == []
    assert {state["content"] for state in result["steps"]} == {"old", "new"}
    # A write that found the lock file there already takes a few calls less than the one that was counted.
    assert sum(state["killed"] for state in result["steps"]) >= STEPS * 0.9
