"""Foretell real runs of Airflow from one of them alone, and compare: other slots, pools, batches, loads.

    python scripts/compare.py --airflow PYTHON --keep FOLDER   # run what FOLDER does not hold yet, and judge
    python scripts/compare.py --celery --airflow PYTHON --keep FOLDER
    python scripts/compare.py --read FOLDER                    # judge what FOLDER holds

The model is calibrated on the experiment `base`; every other one differs from it by what its name says.
Its errors are those of the mean over some seeds. Ends with 1 where the median error over the others is above
5 % in makespan or 8 % in mean and p95 wait, or one of them above 12 % or 20 %.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from foretold import HEARTBEAT_S, keep, kept, observed, settings, situation

from airflow_tune.history.model import History
from airflow_tune.simulate.change import Change, Scenario, apply
from airflow_tune.simulate.error import ModelError, model_error
from airflow_tune.simulate.outcome import Outcome
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.stuck import Stuck
from airflow_tune.simulate.study import mean_outcome, play_once

WORK = (*["prove_wide"] * 2, *["prove_chain"] * 3, *["prove_pool"] * 2, "prove_greedy")
PARALLELISM, SLOTS = 8, 3
MANY = 32
SEEDS = 5
MEDIAN, MOST = (0.05, 0.08, 0.08), (0.12, 0.2, 0.2)


@dataclass(frozen=True)
class Experiment:
    """What differs from `base`: settings of Airflow, the pool's slots, the load, and the model's changes."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    slots: int = SLOTS
    load: int = 1
    endless: int = 0
    changes: tuple[Change, ...] = ()
    workers: tuple[int, int] | None = None
    """How many Celery workers, and the slots of each."""

    @property
    def parallelism(self) -> int:
        """Return the slots of LocalExecutor; of Celery's more than its workers have."""
        return int(self.settings.get("CORE__PARALLELISM", MANY if self.workers else PARALLELISM))

    def situation(self, history: History) -> Situation:
        """Return the situation that a history of this happened in."""
        heartbeat_s = float(self.settings.get("WORKERS__MIN_HEARTBEAT_INTERVAL", HEARTBEAT_S))
        return situation(history, self.parallelism, heartbeat_s, workers=self.workers)


def _parallelism(count: int) -> Experiment:
    change = Change("core.parallelism", str(count))
    return Experiment(f"parallelism {count}", {"CORE__PARALLELISM": str(count)}, changes=(change,))


def _pool(slots: int, *, endless: int = 0) -> Experiment:
    return Experiment(
        f"pool {slots}", slots=slots, endless=endless, changes=(Change("pool:small", str(slots)),)
    )


EXPERIMENTS = (
    Experiment("base"),
    _parallelism(4),
    _parallelism(16),
    _pool(6),
    # Smaller than what one task asks for: it never runs, nor does what follows it.
    _pool(1, endless=1),
    Experiment(
        "batches of 2",
        {"SCHEDULER__MAX_TIS_PER_QUERY": "2"},
        changes=(Change("scheduler.max_tis_per_query", "2"),),
    ),
    Experiment(
        "3 a DAG",
        {"CORE__MAX_ACTIVE_TASKS_PER_DAG": "3"},
        changes=(Change("core.max_active_tasks_per_dag", "3"),),
    ),
    Experiment("double load", load=2, changes=(Change("load", "2"),)),
    Experiment(
        "heartbeat 5",
        {"WORKERS__MIN_HEARTBEAT_INTERVAL": "5"},
        changes=(Change("workers.min_heartbeat_interval", "5"),),
    ),
)


ON_CELERY = (
    Experiment("base", workers=(2, 4)),
    Experiment("1 worker", workers=(1, 4), changes=(Change("workers", "1"),)),
    Experiment("2 slots each", workers=(2, 2), changes=(Change("celery.worker_concurrency", "2"),)),
    Experiment("double load", workers=(2, 4), load=2, changes=(Change("load", "2"),)),
)


def played_under(base: Situation, changes: tuple[Change, ...]) -> tuple[Outcome, tuple[Stuck, ...]]:
    """Return the mean outcome of `base` under `changes`, and what can never run then."""
    under = apply(base, Scenario("", changes))
    played = [play_once(under, seed) for seed in range(SEEDS)]
    return mean_outcome([outcome for outcome, _ in played]), played[0][1]


def run_all(python: str, folder: Path, asked: list[Experiment]) -> None:
    """Run every experiment of `asked` that `folder` does not hold a history of."""
    from airflow_site import celery, run, site  # noqa: PLC0415 - judging needs no Airflow

    folder.mkdir(parents=True, exist_ok=True)
    with site(python) as at, ExitStack() as open_:
        broker = open_.enter_context(celery(at)) if any(one.workers for one in asked) else {}
        for one in (each for each in asked if not _file(folder, each).exists()):
            count, slots = one.workers or (0, 0)
            further = [
                ["celery", "worker", "-c", str(slots), "-H", f"w{number}@%h"] for number in range(count)
            ]
            under = {**settings(one.parallelism), **broker, **one.settings}
            work, endless = WORK * one.load, one.endless * one.load
            history = run(at, under, one.slots, work, endless=endless, further=further)
            keep(history, one.situation(history), _file(folder, one))
            print("ran", one.name, flush=True)


def _file(folder: Path, one: Experiment) -> Path:
    return folder / f"{one.name.replace(' ', '-')}.zip"


def judge(folder: Path, experiments: tuple[Experiment, ...]) -> int:
    """Compare everything in `folder` with what is foretold from `base`; return the exit code."""
    base = experiments[0].situation(kept(folder / "base.zip"))
    errors = []
    for one in experiments:
        if not _file(folder, one).exists():
            continue
        happened = observed(one.situation(kept(_file(folder, one))))
        played, stuck = played_under(base, one.changes)
        error = model_error(happened, played)
        _told(one.name, happened, played, error)
        if stuck:
            print("    never runs:", ", ".join(f"{each.task} ({each.task_instances})" for each in stuck))
        if one.name != "base":
            errors.append(error)
    return _missed(errors) if errors else 0


def _told(name: str, happened: Outcome, played: Outcome, error: ModelError) -> None:
    print(
        f"{name:<16} makespan {happened.makespan_s:6.1f} s {error.makespan_share:+6.1%}"
        f"  wait {happened.wait.mean:6.2f} s {error.wait_mean_share:+6.1%}"
        f"  p95 {happened.wait.p95:6.2f} s {error.wait_p95_share:+6.1%}"
        f"  DAG runs within 10 % or 3 s: {error.close_share:.0%}  ({played.makespan_s:.1f} s played)"
    )


def _missed(errors: list[ModelError]) -> int:
    missed = False
    for name, median, most in zip(("makespan", "mean wait", "p95 wait"), MEDIAN, MOST, strict=True):
        field_name = f"{name.replace('mean wait', 'wait_mean').replace('p95 wait', 'wait_p95')}_share"
        values = [abs(getattr(error, field_name)) for error in errors]
        middle, worst = statistics.median(values), max(values)
        good = middle <= median and worst <= most
        print(f"{'met   ' if good else 'MISSED'} {name}: median {middle:.1%} ({median:.0%}), "
              f"worst {worst:.1%} ({most:.0%})")  # fmt: skip
        missed |= not good
    return int(missed)


def main() -> int:
    """Read the flags, run what is asked for, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--airflow", help="the Python of an environment that Airflow is installed in")
    parser.add_argument("--keep", type=Path, help="a folder for snapshots of the histories")
    parser.add_argument("--read", type=Path, help="a folder with such snapshots, to be judged alone")
    parser.add_argument("--celery", action="store_true", help="CeleryExecutor, with a Redis of its own")
    parser.add_argument("names", nargs="*", help="experiments, all by default")
    flags = parser.parse_args()
    experiments = ON_CELERY if flags.celery else EXPERIMENTS
    if flags.read:
        return judge(flags.read, experiments)
    if not flags.airflow or not flags.keep:
        parser.error("give --airflow and --keep, or --read")
    run_all(
        flags.airflow, flags.keep, [one for one in experiments if one.name in flags.names or not flags.names]
    )
    return judge(flags.keep, experiments)


if __name__ == "__main__":
    raise SystemExit(main())
