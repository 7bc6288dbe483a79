"""Two real processes that write at once: both changes, or a clear refusal, never a mix."""

from __future__ import annotations

import os
import subprocess
import sys

from airflow_tune.apply.backup import list_backups
from airflow_tune.settings.cfg_file import read_cfg

CODE = r"""
import sys
from datetime import datetime, timezone
from pathlib import Path
from airflow_tune.apply.change import Change
from airflow_tune.apply.document import CfgDocument
from airflow_tune.apply.write import write_atomically
from airflow_tune.errors import ApplyError

path, option = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for value in range(1, 21):
    data = path.read_bytes()
    new = CfgDocument.parse(data, str(path)).edited([Change("core", option, str(value), "why")])
    try:
        write_atomically(path, new, expected=data, backup_at=datetime.now(timezone.utc))
        print("wrote", value)
    except ApplyError as error:
        print("refused", error.tried)
"""


def test_two_writers_never_mix(cfg):
    cfg.write_bytes(b"[core]\na = 0\nb = 0\n")
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    writers = {
        option: subprocess.Popen(
            [sys.executable, "-c", CODE, cfg, option],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
        )
        for option in ("a", "b")
    }  # fmt: skip
    for writer in writers.values():
        assert writer.stdout.readline() == "ready\n"
    for writer in writers.values():
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = {option: writer.communicate(timeout=120)[0].splitlines() for option, writer in writers.items()}

    written = read_cfg(cfg.read_bytes(), "airflow.cfg")
    for option, lines in said.items():
        assert len(lines) == 20
        values = [line.split()[1] for line in lines if line.startswith("wrote")]
        assert written.value("core", option) == (values[-1] if values else "0"), "the last write stands"
        refusals = {line for line in lines if not line.startswith("wrote")}
        assert refusals <= {"refused it changed since it was read, so it was left alone"}
    writes = sum(line.startswith("wrote") for lines in said.values() for line in lines)
    assert len(list_backups(cfg)) == writes, "each write kept what it replaced"
