"""How long the command line takes to start, against the least that its libraries take.

All commands run in turn, round by round, so that whatever else the machine does hits all of
them alike; what counts is the ratio of medians within one run. Ends with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from airflow_tune.demo.home import DEPLOYMENT, lay_out

BASELINE = "import typer, rich.console"
# What typer costs beyond its import as soon as a command has one typed parameter.
IDLE = """
import rich.console, typer
app = typer.Typer()
@app.command()
def idle(count: int = 1): pass
app([])
"""
ENDS_WELL = {0, 1}  # 1 says that there are findings


@dataclass(frozen=True, slots=True)
class Candidate:
    """One command, and how many times the baseline it may take; None where it is there to compare with."""

    name: str
    command: tuple[str, ...]
    goal: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Quartiles over all rounds, and the ratio of the median to the baseline's."""

    name: str
    quartiles_s: tuple[float, float, float]
    ratio: float
    goal: float | None

    @property
    def missed(self) -> bool:
        """Return whether the ratio is beyond the goal."""
        return self.goal is not None and self.ratio > self.goal


def candidates(home: Path) -> tuple[Candidate, ...]:
    """Return what is measured, the baseline first; `home` is the demo's."""
    program = str(Path(sys.executable).with_name("airflow-tune"))
    recommend = (program, "recommend", "--airflow-home", str(home), "--airflow-version", "3.3.2")
    return (
        Candidate(BASELINE, (sys.executable, "-c", BASELINE)),
        Candidate("typer command that does nothing", (sys.executable, "-c", IDLE)),
        Candidate("airflow-tune --help", (program, "--help"), 1.5),
        Candidate("airflow-tune recommend", recommend, 3.0),
        Candidate("… with --deployment", (*recommend, "--deployment", str(home / DEPLOYMENT))),
    )


def run(command: tuple[str, ...]) -> float:
    """Return the seconds that `command` takes; raises CalledProcessError where it fails."""
    begin = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True)
    taken = time.perf_counter() - begin
    if done.returncode not in ENDS_WELL:
        sys.stderr.buffer.write(done.stderr)
        done.check_returncode()
    return taken


def measure(measured: tuple[Candidate, ...], rounds: int) -> list[Result]:
    """Return one result per candidate, after one round that only warms the caches."""
    for each in measured:
        run(each.command)
    taken = list(zip(*([run(each.command) for each in measured] for _ in range(rounds)), strict=True))
    quartiles = [tuple(statistics.quantiles(each, n=4)) for each in taken]
    base = quartiles[0][1]
    return [
        Result(each.name, spread, spread[1] / base, each.goal)
        for each, spread in zip(measured, quartiles, strict=True)
    ]


def show(results: list[Result], rounds: int) -> None:
    """Print a table for people, then one line of JSON for programs."""
    table = Table("command", "median", "quartiles", "ratio", "goal", title=f"start-up, {rounds} rounds")
    for each in results:
        low, median, high = (f"{value * 1000:.0f}" for value in each.quartiles_s)
        goal = "" if each.goal is None else f"≤ {each.goal:g} {'missed' if each.missed else 'met'}"
        table.add_row(each.name, f"{median} ms", f"{low}–{high} ms", f"{each.ratio:.2f}", goal)
    Console().print(table)
    host = {"python": sys.version.split()[0], "cores": os.cpu_count(), "rounds": rounds}
    print(json.dumps({"schema": "airflow-tune/startup/1", **host, "results": [asdict(r) for r in results]}))


def main() -> int:
    """Measure, show, and return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25, help="how often each command runs (default 25)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        results = measure(candidates(lay_out(Path(folder, "home"))), rounds)
    show(results, rounds)
    return int(any(each.missed for each in results))


if __name__ == "__main__":
    raise SystemExit(main())
