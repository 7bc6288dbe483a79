"""How long lint takes against a bare `ast.parse` of the same files, cold and warm, and how much memory.

Each is a process of its own that is measured by its CPU time, so that what else the machine does counts
little; rounds alternate. Memory is that of linting 1,000 files, drawn evenly from the folder. Without a
folder, files are made from the lint fixtures, which are short and hold little but what rules fire on: the
goals against parsing are for a folder of real DAG files.

With `--airflow-python` the DagBag of that Python's Airflow is measured too, on a copy of `--dagbag-folder`
without the Python files that it cannot import, and lint on the same copy: cold, which can take no less than
parsing every file and has no goal against DagBag, and warm, which has. DagBag runs the code of the files:
name only a folder whose code may run here. Both ratios are of whole processes, start-up included; what each
takes on an empty folder is told beside them, as that is most of it where files are few. Bytecode of the files
is there from the run that finds what DagBag can import. Ends with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from airflow_tune.linter.stamp import SETTLED_NS

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
sys.path.append(sys.argv[1])
try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag
found = DagBag(sys.argv[1])
print(json.dumps({
    "dags": len(found.dags), "read": len(found.dagbag_stats), "refused": sorted(found.import_errors),
}))
"""
EXAMPLES = "import airflow.example_dags as found; print(found.__path__[0])"


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


def settled() -> None:
    """Wait until lint trusts the stamps of files that were written just now."""
    time.sleep(SETTLED_NS / 1e9 + 0.1)


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
    settled()
    cpu_s(cache, work)
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(cpu_s(command, work))
    some = [files[number * len(files) // MEMORY_FILES] for number in range(min(MEMORY_FILES, len(files)))]
    peak_bytes = spent(lint_of(some, "--no-cache"), work).ru_maxrss * 1024
    medians = {name: statistics.median(each) for name, each in taken.items()}
    return {"files": len(files), **medians, "memory_files": len(some), "peak_bytes": peak_bytes}


def dagbag_of(python: Path, folder: Path, work: Path) -> tuple[float, dict[str, Any]]:
    """Return the CPU seconds that DagBag takes on a folder, and what it found."""
    os.environ |= {"AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW_HOME": str(work / "airflow")}
    seconds = cpu_s([str(python), "-c", DAGBAG, str(folder)], work)
    told: dict[str, Any] = json.loads((work / "out").read_text("utf-8").splitlines()[-1])
    return seconds, told


def importable(python: Path, folder: Path, work: Path) -> Path:
    """Return a copy of a folder without the DAG files that DagBag gives up on."""
    copy = work / "dags"
    shutil.copytree(folder, copy, symlinks=True)
    while refused := [copy / name for name in dagbag_of(python, copy, work)[1]["refused"]]:
        for file in refused:
            file.unlink()
    return copy


def examples_of(python: Path) -> Path:
    """Return the folder of the example DAGs that come with the Airflow of a Python."""
    done = subprocess.run([python, "-c", EXAMPLES], stdout=subprocess.PIPE, text=True, check=True)
    return Path(done.stdout.splitlines()[-1])


def against_dagbag(python: Path, folder: Path, rounds: int, work: Path) -> dict[str, float]:
    """Return the median CPU seconds of DagBag and of lint on what it can import, and on an empty folder."""
    dags, empty = importable(python, folder, work), work / "empty"
    empty.mkdir()
    kept = ("--cache-dir", str(work / "kept"))
    settled()
    for place in (dags, empty):
        cpu_s(lint_of([str(place)], *kept), work)
    taken: dict[str, list[float]] = {}
    counts: dict[str, Any] = {}
    for _ in range(rounds):
        for name, place in (("", dags), ("_start", empty)):
            seconds, told = dagbag_of(python, place, work)
            counts.update(told if place == dags else {})
            taken.setdefault(f"dagbag{name}", []).append(seconds)
            for kind, flags in (("cold", ("--no-cache",)), ("warm", kept)):
                seconds = cpu_s(lint_of([str(place)], *flags), work)
                taken.setdefault(f"dagbag_{kind}{name}", []).append(seconds)
    medians = {name: statistics.median(each) for name, each in taken.items()}
    return {**medians, "dagbag_files": counts["read"], "dags": counts["dags"]}


def main() -> int:
    """Measure, print a line of JSON, and return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="the DAG files (default: made of the fixtures)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--airflow-python", type=Path, help="a Python with Airflow, to measure its DagBag")
    parser.add_argument(
        "--dagbag-folder",
        type=Path,
        help="what DagBag reads (default: the folder, else Airflow's own examples)",
    )
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with folder_of(options.folder) as folder, tempfile.TemporaryDirectory() as work:
        found = measured(folder, options.rounds, Path(work))
        if options.airflow_python:
            python = options.airflow_python
            read = options.dagbag_folder or options.folder or examples_of(python)
            found |= against_dagbag(python, read, options.rounds, Path(work))
    ratios = {name: found[name] / found["parse"] for name in GOALS}
    missed = [name for name, goal in GOALS.items() if options.folder and ratios[name] > goal]
    if "dagbag" in found:
        for kind in ("cold", "warm"):
            ratios[f"dagbag_to_{kind}"] = found["dagbag"] / found[f"dagbag_{kind}"]
        missed += ["dagbag"] * (ratios["dagbag_to_warm"] < DAGBAG_GOAL)
    missed += ["memory"] * (found["peak_bytes"] > MEMORY_GOAL_BYTES)
    print(json.dumps({"schema": "airflow-tune/lint-speed/1", **found, "ratios": ratios, "missed": missed}))
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
