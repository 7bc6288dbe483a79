"""How long lint takes against a bare `ast.parse` of the same files, cold and warm, and how much memory.

Each is a process of its own that is measured by its CPU time, so that what else the machine does counts
little; rounds alternate. Memory is that of linting 1,000 files, drawn evenly from the folder. Without a
folder, files are made from the lint fixtures. With `--airflow-python` the DagBag of that Python's Airflow is
measured on `--dagbag-folder`, which it must be able to import, and lint on the same. Ends with 1 where a
goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
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
MEMORY_FILES = 1000
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
import json, sys
try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag
found = DagBag(sys.argv[1])
print(json.dumps({"dags": len(found.dags), "import_errors": len(found.import_errors)}))
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


def spent(command: list[str], work: Path) -> resource.struct_rusage:
    """Return what a command and its children took; its result goes to the file `out`."""
    with (work / "out").open("wb") as out, (work / "err").open("wb") as err:
        child = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in ENDS_WELL:
        sys.stderr.buffer.write((work / "err").read_bytes())
        raise subprocess.CalledProcessError(child.returncode, command)
    return usage


def cpu_s(command: list[str], work: Path) -> float:
    """Return the CPU seconds, user and system, that a command and its children take."""
    usage = spent(command, work)
    return usage.ru_utime + usage.ru_stime


def lint_of(paths: list[str], *extra: str) -> list[str]:
    """Return the command that lints paths in one process."""
    program = str(Path(sys.executable).with_name("airflow-tune"))
    return [program, "lint", *paths, "--jobs", "1", "--format", "github", "--fail-on", "never", *extra]


def measured(folder: Path, rounds: int, work: Path) -> dict[str, float]:
    """Return the median CPU seconds of each way of reading the folder, and the memory for 1,000 files."""
    listed = work / "files"
    files = sorted(str(path) for path in folder.rglob("*.py") if path.is_file())
    listed.write_text("\0".join(files), encoding="utf-8")
    cache = lint_of([str(folder)], "--cache-dir", str(work / "cache"))
    commands = {
        "parse": [sys.executable, "-c", PARSE, str(listed)],
        "cold": lint_of([str(folder)], "--no-cache"),
        "warm": cache,
    }
    cpu_s(cache, work)
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(cpu_s(command, work))
    some = [files[number * len(files) // MEMORY_FILES] for number in range(min(MEMORY_FILES, len(files)))]
    peak_bytes = spent(lint_of(some, "--no-cache"), work).ru_maxrss * 1024
    medians = {name: statistics.median(each) for name, each in taken.items()}
    return {"files": len(files), **medians, "memory_files": len(some), "peak_bytes": peak_bytes}


def against_dagbag(python: Path, folder: Path, work: Path) -> dict[str, float]:
    """Return the CPU seconds of DagBag and of lint on a folder, and how many DAGs and errors DagBag has."""
    os.environ |= {"AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW_HOME": str(work / "airflow")}
    dagbag_s = cpu_s([str(python), "-c", DAGBAG, str(folder)], work)
    told = json.loads((work / "out").read_text("utf-8").splitlines()[-1])
    cold_s = cpu_s(lint_of([str(folder)], "--no-cache"), work)
    kept = lint_of([str(folder)], "--cache-dir", str(work / "cache"))
    cpu_s(kept, work)
    return {"dagbag": dagbag_s, "dagbag_cold": cold_s, "dagbag_warm": cpu_s(kept, work), **told}


def main() -> int:
    """Measure, print a line of JSON, and return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="the DAG files (default: made of the fixtures)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--airflow-python", type=Path, help="a Python with Airflow, to measure its DagBag")
    parser.add_argument("--dagbag-folder", type=Path, help="what DagBag reads (default: the folder)")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with folder_of(options.folder) as folder, tempfile.TemporaryDirectory() as work:
        found = measured(folder, options.rounds, Path(work))
        if options.airflow_python:
            read = options.dagbag_folder or folder
            found |= against_dagbag(options.airflow_python, read, Path(work))
    ratios = {name: found[name] / found["parse"] for name in GOALS}
    missed = [name for name, goal in GOALS.items() if ratios[name] > goal]
    if "dagbag" in found:
        for kind in ("cold", "warm"):
            ratios[f"dagbag_to_{kind}"] = found["dagbag"] / found[f"dagbag_{kind}"]
        missed += ["dagbag"] * (ratios["dagbag_to_warm"] < DAGBAG_GOAL)
    missed += ["memory"] * (found["peak_bytes"] > MEMORY_GOAL_BYTES)
    print(json.dumps({"schema": "airflow-tune/lint-speed/1", **found, "ratios": ratios, "missed": missed}))
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
