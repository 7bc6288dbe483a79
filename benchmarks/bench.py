"""How far the bench's own values can be trusted: beside pyperf, GNU time, and known changes.

Ends with 1 where a goal is missed. What is compared is measured in turn, round by round.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench_subject import TURNS, work

from airflow_tune.bench.catalog import workload
from airflow_tune.bench.measure.effort import BUDGETS
from airflow_tune.bench.measure.interrupt import Stop
from airflow_tune.bench.measure.plan import Plan
from airflow_tune.bench.measure.run import run
from airflow_tune.bench.measure.sampling import Effort, take
from airflow_tune.bench.verdict.change import Quantity, Verdict
from airflow_tune.bench.verdict.compare import compare
from airflow_tune.bench.workload import Length, Variant, Wishes, Workload
from airflow_tune.host import read_host
from airflow_tune.suite.model import Curve, Suite

PYPERF_SHARE = 0.03
OVERHEAD_SHARE = 0.01
MEMORY_SHARE = 0.05
MOST_FALSE = 5
LEAST_FOUND = 95
SLOWDOWN = 1.1
# What a workload is given in a run of all of them that takes the default length.
ROUNDS = 12
# Few enough for a sample to end before another process gets the core.
CALLS = 200
GNU_TIME = "/usr/bin/time"
# As many values as the bench takes, each as short, so that other processes disturb both alike.
PYPERF = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
import pyperf
from bench_subject import work
pyperf.Runner(processes=1, values=300, warmups=1, min_time=0.0003).bench_func("work", work)
"""


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure that has to hold."""

    name: str
    shown: str
    held: bool


def _subject(times_as_long: Sequence[float]) -> Workload:
    return Workload(
        name="subject",
        question="How long does the work take?",
        unit="call",
        curve=Curve.ALTERNATIVES,
        variants=lambda _: [
            Variant(f"work {at}", {"times_as_long": one}) for at, one in enumerate(times_as_long)
        ],
        answer=lambda _: "",
        home="bench_subject",
    )


def _in_turn(times_as_long: Sequence[float], rounds: int) -> list[Suite]:
    """Return the result of each variant, measured in the same rounds, as if it were one of the same name."""
    budget = replace(BUDGETS[Length.DEFAULT], least_rounds=rounds, most_rounds=rounds)
    plan = Plan((_subject(times_as_long),), Wishes(), budget)
    suite = run(plan, read_host(), Stop(), lambda *_: None)
    (result,) = suite.workloads
    # The variants differ in how long they work, which a comparison takes for two different things.
    same = [replace(one, name="work", parameters={}) for one in result.variants]
    return [replace(suite, workloads=(replace(result, variants=(one,)),)) for one in same]


def _measured(times_as_long: float, rounds: int) -> Suite:
    (suite,) = _in_turn((times_as_long,), rounds)
    return suite


def _median_s(suite: Suite) -> float:
    return statistics.median(suite.workloads[0].variants[0].kept_s)


def beside_pyperf(rounds: int) -> Iterator[Goal]:
    """Measure the same function by pyperf and by the bench, in turn."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "script.py")
        script.write_text(PYPERF, encoding="utf-8")
        for number in range(rounds):
            ours.append(_median_s(_measured(1.0, 1)))
            kept = Path(folder, f"{number}.json")
            subprocess.run([sys.executable, script, "--quiet", "-o", kept], check=True, capture_output=True)
            runs = json.loads(kept.read_text(encoding="utf-8"))["benchmarks"][0]["runs"]
            theirs.append(statistics.median(value for one in runs for value in one.get("values", [])))
    ratio = statistics.median(ours) / statistics.median(theirs)
    shown = f"{statistics.median(ours):.3e} s, pyperf {statistics.median(theirs):.3e} s, ratio {ratio:.3f}"
    yield Goal(f"within {PYPERF_SHARE:.0%} of pyperf's median", shown, abs(ratio - 1) <= PYPERF_SHARE)


def overhead() -> Iterator[Goal]:
    """Measure calls by the bench, and the same calls written out one after the other, in turn."""
    for turns in (10, 20, 200, TURNS):
        ratios = [_bench_s(turns) / _written_out_s(turns) for _ in range(31)]
        share = statistics.median(ratios) - 1
        what = f"a call of {_written_out_s(turns):.1e} s: {share:+.2%}"
        yield Goal(f"overhead below {OVERHEAD_SHARE:.0%}", what, share < OVERHEAD_SHARE)


def _bench_s(turns: int) -> float:
    effort = Effort(sample_s=0.0, slice_s=0.02, most_samples=10**6, calls=CALLS)
    return min(take(lambda: work(turns), None, effort).values_s)


def _written_out_s(turns: int) -> float:
    """Return the least seconds of a call without any loop around it."""
    names: dict[str, Callable[[], int]] = {"call": lambda: work(turns)}
    code = compile("call()\n" * CALLS, "<written out>", "exec")
    lasted: list[float] = []
    ends = time.perf_counter() + 0.02
    while not lasted or time.perf_counter() < ends:
        begin = time.perf_counter()
        exec(code, names)  # noqa: S102 - our own text
        lasted.append((time.perf_counter() - begin) / CALLS)
    return min(lasted)


def peak_memory() -> Iterator[Goal]:
    """Run the process that measures under GNU time, and compare what both say of it."""
    if not Path(GNU_TIME).exists():
        yield Goal("peak memory", f"there is no {GNU_TIME} to compare with: install GNU time", held=False)
        return
    for name in ("list-vs-generator", "process-batch", "cpu-python"):
        for variant in workload(name).variants(Wishes(Length.QUICK, cores=2.0)):
            ours, theirs = _peaks(workload(name), variant)
            ratio = ours / theirs
            shown = f"{name}, {variant.name}: {ours / 2**20:.1f} MiB, ratio {ratio:.3f}"
            yield Goal(
                f"peak memory within {MEMORY_SHARE:.0%} of time -v", shown, abs(ratio - 1) <= MEMORY_SHARE
            )


def _peaks(one: Workload, variant: Variant) -> tuple[int, int]:
    code = "from airflow_tune.bench.measure.child import main; main()"
    with tempfile.TemporaryDirectory() as folder, Path(folder, "answer").open("w+b") as answer:
        order = {
            "module": one.module,
            "parameters": dict(variant.parameters),
            "scale": variant.scale,
            "folder": folder,
            "wishes": asdict(Wishes()),
            "effort": {"sample_s": 0.001, "slice_s": 0.01, "most_samples": 3},
            "answer_fd": answer.fileno(),
        }
        done = subprocess.run(
            [GNU_TIME, "-v", sys.executable, "-c", code],
            input=json.dumps(order).encode(),
            pass_fds=[answer.fileno()],
            capture_output=True,
            check=True,
        )
        found = json.loads(Path(folder, "answer").read_bytes())
    (line,) = (one for one in done.stderr.decode().splitlines() if "Maximum resident set size" in one)
    return found["peak_bytes"], int(line.rpartition(":")[2]) * 1024


def comparisons(count: int, rounds: int) -> Iterator[Goal]:
    """Compare results of the same code, and of code that is a tenth slower, of one run: their rounds pair."""
    false = found = 0
    for number in range(1, count + 1):
        before, after, slower = _in_turn((1.0, 1.0, SLOWDOWN), rounds)
        false += bool(_changes(before, after))
        found += _changes(before, slower) == {Verdict.SLOWER}
        print(
            f"{number} of {count}: {false} changes between the same code, {found} slowdowns found", flush=True
        )
    yield Goal(
        f"at most {MOST_FALSE}% changes between the same code",
        f"{false} of {count}",
        false <= MOST_FALSE * count / 100,
    )
    yield Goal(
        f"a slowdown of {SLOWDOWN - 1:.0%} found in {LEAST_FOUND}%",
        f"{found} of {count}",
        found >= LEAST_FOUND * count / 100,
    )


def _changes(old: Suite, new: Suite) -> set[Verdict]:
    none = (Verdict.SAME, Verdict.UNSURE)
    changes = compare(old, new).changes
    return {
        one.verdict for one in changes if one.verdict not in none and one.difference.quantity is Quantity.TIME
    }


def main() -> int:
    """Measure, print each goal, and return 1 where one is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("pyperf", "overhead", "memory", "comparisons"))
    parser.add_argument("--comparisons", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    parts: dict[str, Callable[[], Iterator[Goal]]] = {
        "pyperf": lambda: beside_pyperf(20),
        "overhead": overhead,
        "memory": peak_memory,
        "comparisons": lambda: comparisons(asked.comparisons, asked.rounds),
    }
    missed = 0
    for name, measure in parts.items():
        if asked.only in {None, name}:
            for goal in measure():
                missed += not goal.held
                print(f"{'held  ' if goal.held else 'MISSED'} {goal.name}: {goal.shown}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
