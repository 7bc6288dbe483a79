"""Real runs under settings that the model has not seen, as they were kept: each foretold from one alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "tests" / "fixtures" / "compared"


@pytest.mark.parametrize("folder", sorted(path.name for path in KEPT.iterdir() if path.is_dir()))
def test_real_runs_are_foretold_from_one_of_them(folder):
    celery = ["--celery"] if folder.startswith("celery") else []
    command = [sys.executable, str(ROOT / "scripts" / "compare.py"), *celery, "--read", str(KEPT / folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "MISSED" not in done.stdout
    if folder == "local-3.3":
        assert "never runs: prove_greedy.greedy (1), prove_greedy.after (1)" in done.stdout
