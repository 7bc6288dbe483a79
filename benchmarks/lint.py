"""How long lint takes against a bare `ast.parse` of the same files, cold and warm, and how much memory.

Each is a process of its own that is measured by its CPU time, so that what else the machine does counts
little; rounds alternate. Without a folder, files are made from the lint fixtures. With `--airflow-python`
the DagBag of that Python's Airflow is measured on the same folder too. Ends with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures" / "lint"
COPIES = 12
ENDS_WELL = {0, 1, 2}  # 1 says that there are findings
GOALS = {"cold": 4.0, "warm": 0.2}
DAGBAG_GOAL = 100.0
MEMORY_GOAL_BYTES = 150 << 20
PARSE = """
import ast, sys, warnings
warnings.simplefilter("ignore")
for path in open(sys.argv[1]).read().split("\\0"):
    try:
        ast.parse(open(path, "rb").read())
    except (SyntaxError, ValueError, RecursionError):
        pass
"""
DAGBAG = """
import sys
from airflow.dag_processing.dagbag import DagBag
DagBag(sys.argv[1], include_examples=False)
"""


@contextmanager
def folder_of(named: Path | None) -> Iterator[Path]:
    """Yield the folder to lint: the named one, or one that is made of the fixtures."""
    if named is not None:
        yield named
        return
    with tempfile.TemporaryDirectory() as made:
        for source in sorted(FIXTURES.rglob("*.py")):
            for number in range(COPIES):
                target = Path(made, "dags", f"team_{number:02}", source.name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
        yield Path(made, "dags")


def cpu_s(command: list[str]) -> float:
    """Return the CPU seconds, user and system, that a command and its children take."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in ENDS_WELL:
        sys.stderr.buffer.write(done.stderr)
        done.check_returncode()
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measured(folder: Path, rounds: int, work: Path) -> dict[str, float]:
    """Return the median CPU seconds of each way of reading the folder."""
    listed = work / "files"
    files = sorted(str(path) for path in folder.rglob("*.py") if path.is_file())
    listed.write_text("\0".join(files), encoding="utf-8")
    lint = [str(Path(sys.executable).with_name("airflow-tune")), "lint", str(folder), "--jobs", "1"]
    lint += ["--format", "github", "--fail-on", "never"]
    cache = [*lint, "--cache-dir", str(work / "cache")]
    commands = {
        "parse": [sys.executable, "-c", PARSE, str(listed)],
        "cold": [*lint, "--no-cache"],
        "warm": cache,
    }
    cpu_s(cache)
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(cpu_s(command))
    return {"files": len(files), **{name: statistics.median(each) for name, each in taken.items()}}


def main() -> int:
    """Measure, print a line of JSON, and return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="the DAG files (default: made of the fixtures)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--airflow-python", type=Path, help="a Python with Airflow, to measure its DagBag")
    options = parser.parse_args()
    with folder_of(options.folder) as folder, tempfile.TemporaryDirectory() as work:
        found = measured(folder, options.rounds, Path(work))
        # All children so far: the largest of them, which is lint without its cache.
        found["peak_bytes"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        if options.airflow_python:
            found["dagbag"] = cpu_s([str(options.airflow_python), "-c", DAGBAG, str(folder)])
    ratios = {name: found[name] / found["parse"] for name in GOALS}
    missed = [name for name, goal in GOALS.items() if ratios[name] > goal]
    if "dagbag" in found:
        ratios["dagbag_to_cold"] = found["dagbag"] / found["cold"]
        missed += ["dagbag"] * (ratios["dagbag_to_cold"] < DAGBAG_GOAL)
    thousands = max(1.0, found["files"] / 1000)
    missed += ["memory"] * (found["peak_bytes"] > MEMORY_GOAL_BYTES * thousands)
    print(json.dumps({"schema": "airflow-tune/lint-speed/1", **found, "ratios": ratios, "missed": missed}))
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
