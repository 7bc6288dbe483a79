"""What a loop over a set makes is told in the same order by each process, as its order is in doubt anyway."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOURCE = """
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("d") as dag:
    for name in {"copy", "load", "check", "sum", "tell", "clean", "close"}:
        BashOperator(task_id=name, bash_command="true")
"""


def graph(file: Path, seed: int) -> str:
    command = [sys.executable, "-m", "airflow_tune", "graph", str(file), "--format", "json"]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def test_each_process_tells_the_same_graph(tmp_path: Path) -> None:
    file = tmp_path / "dag.py"
    file.write_text(SOURCE)
    one, *others = [graph(file, seed) for seed in range(1, 5)]
    assert others == [one] * 3
    assert all(name in one for name in ("copy", "load", "check", "sum", "tell", "clean", "close"))
