"""Prove a proposed configuration on real Airflow 3: run a workload, ask for a better one, run it under that.

    python scripts/prove.py --grid --keep FOLDER

A PostgreSQL, a scheduler, a DAG processor and an API server are started in a temporary folder, all on this
host alone. The workload sleeps, equally long each time. What is compared is the gain in mean wait that the
search foretells with the gain that is measured: the model is calibrated on one run alone, and medians of runs
before and after, in turn, are measured. With --grid, the neighbours at the same cost are run as well.
A host that does other work beside disturbs it.
Runs that FOLDER holds are not run again, so that a proof can be gone on with. Ends with 1 where the measured
gain is more than 15 % off, or a neighbour more than 5 % better.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from airflow_site import POOL, run, site
from foretold import keep, kept, observed, settings, situation

from airflow_tune.history.model import History
from airflow_tune.recommend.objective import Objective
from airflow_tune.recommend.optimum import Optimum, optimize
from airflow_tune.simulate.outcome import Outcome
from airflow_tune.simulate.study import mean_outcome, play_once

PROVED = ("prove_wide", "prove_chain", "prove_pool")
POOL_SLOTS, PARALLELISM = 2, 4
MEAN_WAIT_SHARE = 0.4
"""The objective: two fifths of the mean wait that was."""
GAIN_OFF, BETTER = 0.15, 0.05
SEEDS = 5
Runner = Callable[[int, int, int], History]
"""Gives the history of a run by parallelism, slots of the pool, and its number among those that are alike."""


def _told(name: str, outcome: Outcome) -> None:
    wait = outcome.wait
    print(
        f"{name:<28} makespan {outcome.makespan_s:6.1f} s  wait {wait.mean:6.2f} s  p95 {wait.p95:6.2f} s",
        flush=True,
    )


def _measured(name: str, runner: Runner, parallelism: int, slots: int, repeats: int) -> float:
    """Return the median of the mean waits of some runs."""
    waits = []
    for number in range(repeats):
        outcome = observed(situation(runner(parallelism, slots, number), parallelism))
        _told(f"{name}, measured", outcome)
        waits.append(outcome.wait.mean)
    return statistics.median(waits)


def _search(runner: Runner) -> tuple[Optimum, float]:
    """Return what a search proposes after one run, and the mean wait of its replay."""
    present = situation(runner(PARALLELISM, POOL_SLOTS, 0), PARALLELISM)
    before = observed(present)
    replay = mean_outcome([play_once(present, seed)[0] for seed in range(SEEDS)])
    _told("before, replayed", replay)
    return optimize(present, Objective("mean-wait", MEAN_WAIT_SHARE * before.wait.mean)), before.wait.mean


def prove(runner: Runner, *, grid: bool, repeats: int) -> int:
    """Run, search, run again; return the exit code."""
    found, wait_before = _search(runner)
    changes = {step.change.name: int(step.change.value) for step in found.steps}
    print("proposed:", ", ".join(f"{name}={value}" for name, value in changes.items()))
    parallelism, slots = changes.get("core.parallelism", PARALLELISM), changes.get(f"pool:{POOL}", POOL_SLOTS)
    for number in range(1, repeats):
        # Before and after in turn: what else the host does disturbs both alike.
        runner(parallelism, slots, number - 1)
        runner(PARALLELISM, POOL_SLOTS, number)
    before = _measured("before", runner, PARALLELISM, POOL_SLOTS, repeats)
    _told("after, foretold", found.outcome)
    after = _measured("after", runner, parallelism, slots, repeats)
    foretold, gained = 1 - found.outcome.wait.mean / wait_before, 1 - after / before
    off = abs(gained - foretold) / foretold
    print(f"gain in mean wait: foretold {foretold:.1%}, measured {gained:.1%}: {off:.1%} off")
    missed = off > GAIN_OFF
    for other in sorted({max(slots // 2, 1), slots * 2} - {slots}) if grid else ():
        wait = _measured(f"neighbour, {POOL}={other}", runner, parallelism, other, 1)
        print(f"neighbour, {POOL}={other}: {1 - wait / after:+.1%} better")
        missed |= wait < (1 - BETTER) * after
    return int(missed)


def main() -> int:
    """Read the flags, lay out a site, and prove."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--grid", action="store_true")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--airflow", default=sys.executable, help="the Python of Airflow's environment")
    parser.add_argument("--keep", type=Path, help="a folder for snapshots of the histories")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, site(flags.airflow) as at:
        folder: Path = flags.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)

        def runner(parallelism: int, slots: int, number: int) -> History:
            file = folder / f"parallelism-{parallelism}-{POOL}-{slots}-{number}.zip"
            if not file.exists():
                history = run(at, settings(parallelism), slots, PROVED)
                keep(history, situation(history, parallelism), file)
            return kept(file)

        return prove(runner, grid=flags.grid, repeats=flags.repeats)


if __name__ == "__main__":
    raise SystemExit(main())
