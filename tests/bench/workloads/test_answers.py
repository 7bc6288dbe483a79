"""The sentence of each workload, out of made-up values."""

# ruff: noqa: E501 - a sentence stands on one line

from __future__ import annotations

import pytest

from airflow_tune.bench.catalog import NAMES, workload
from airflow_tune.bench.workload import Length, Wishes
from airflow_tune.suite.model import VariantResult, WorkloadResult

WISHES = Wishes(Length.DEFAULT, cores=4.0)
ROUNDS = (1.0, 1.01, 0.99, 1.02, 0.98, 1.005, 0.995)
US, MS = 1e-6, 1e-3


def result(name, costs, noise=ROUNDS, **more):
    """Return a result in which a unit of each variant took so many seconds, with some noise in the rounds.

    A number instead of a name is the place on the axis, as is a name of what is not in the default variants.
    """
    one = workload(name)
    known = {} if more else {variant.name: variant for variant in one.variants(WISHES)}
    variants = []
    for key, cost in costs.items():
        given = known.get(key)
        place = {one.axis: key} if isinstance(key, int) else {"way": key}
        parameters, scale = (given.parameters, given.scale) if given else (place, 1.0)
        values = tuple(cost * scale * factor for factor in noise)
        variants.append(
            VariantResult(
                str(key),
                parameters,
                values,
                scale,
                figures=more.get("figures", {}).get(key, {}),
                peaks_bytes=(100 * 2**20,) * len(noise),
                base_bytes=20 * 2**20,
            )
        )
    return WorkloadResult(
        one.name, one.question, one.unit, one.curve, tuple(variants), axis=one.axis, reference=one.reference
    )


def curve(costs, first, word):
    """Return costs by name of variants along an axis: 1 is called `first`, others as many of `word`."""
    return {first if size == 1 else f"{size:,} {word}": cost for size, cost in costs.items()}


WRITES = curve(
    {1: 41 * US, 10: 9 * US, 100: 2 * US, 1_000: US, 5_000: 0.98 * US, 10_000: US}, "1 row", "rows"
)
CASES = {
    "sqlite-write": (
        {**WRITES, "multi-row": 2 * US},
        "1,000 rows a batch is the knee: 41 × faster than row by row; beyond 1,000 nothing is gained. INSERT of many rows is 2.0 × slower than the best of them.",
    ),
    "sqlite-commit": (
        curve({1: MS, 10: 110 * US, 100: 12 * US, 1_000: 2 * US, 10_000: 2 * US}, "1 row", "rows"),
        "1,000 rows a transaction is the knee: 500 × faster than one; beyond 1,000 nothing is gained. One commit costs 998µs here.",
    ),
    "sqlite-connect": (
        {"connection for each query": 100 * US, "kept connection": 4 * US},
        "A query over a kept connection is 25 × faster than one that opens the file anew, which costs 96µs: connect outside of the loop.",
    ),
    "process-batch": (
        {
            **curve(
                {1: 40 * US, 10: 5 * US, 100: 2 * US, 1_000: US, 5_000: US, 20_000: 2 * US},
                "1 record",
                "records",
            ),
            "1,000 records, collected": 3 * US,
        },
        "1,000 records a batch is the knee: 40 × faster than one by one; 20,000 are 2.0 × slower than 1,000. gc.collect() after a batch costs 2ms: leave it to Python.",
    ),
    "write-lines": (
        curve({1: US, 10: US, 100: US, 1_000: US, 10_000: US}, "1 line", "lines"),
        "Batches gain nothing here: line by line is as fast as any number of lines a write.",
    ),
    "chunk-size": (
        {**curve({1: 20 * US, 3: 8 * US, 10: 4 * US, 30: 3 * US}, "1 item", "items"), "no pool": US},
        "10 items a chunk is the knee: 5.0 × faster than one by one; 30 are 6.7 × faster; larger ones were not tried. Items as small as these are still faster without a pool.",
    ),
    "pickle-payload": (
        curve({1: 20 * US, 10: 3 * US, 100: US, 1_000: US}, "1 row", "rows"),
        "A word to another process and back takes 20µs, and 1ms for every 1,000 rows with it: send rows only where each takes longer than 1µs to work on, else paths or ranges of keys.",
    ),
    "file-read": (
        {"unbuffered": 100 * MS, "8 KiB": 2 * MS, "128 KiB": MS, "1 MiB": MS, "8 MiB": 1.01 * MS},
        "For reading line by line a buffer of 128 KiB is 2.0 × faster than the usual 8 KiB, and larger ones gain nothing; without a buffer it is 50 × slower.",
    ),
    "file-write": (
        {"unbuffered": 20 * MS, "8 KiB": 2 * MS, "128 KiB": 2.04 * MS},
        "For writing line by line no buffer is better than the usual 8 KiB; without a buffer it is 10 × slower.",
    ),
    "file-sync": (
        {"every line": MS, "every 100 lines": 12 * US, "every 10,000 lines": 2 * US, "never": US},
        "One fsync costs 999µs here: after every line it makes writing 1,000 × slower than without, every 10,000 lines 2.0 × slower: sync once, before the file gets its final name.",
    ),
    "temp-files": (
        {"memory": MS, "spooled file": 2 * MS, "file in one folder": 3 * MS, "folder for each": 5 * MS},
        "A batch of 200 rows through a temporary file takes 3.0 × as long as in memory, with a folder of its own 5.0 ×: at most 4ms a batch, so use files wherever memory is short, and one folder for all.",
    ),
    "cpu-python": (
        {
            **{f"{n} process{'es' * (n > 1)}": MS / min(n, 4) for n in (1, 2, 4, 6, 8)},
            "4 threads": MS,
            "8 threads": 1.1 * MS,
        },
        "4 processes at a time are best here for CPU-bound Python code: 4.0 × the work of one; 8 do no more; threads are 4.0 × slower.",
    ),
    "cpu-native": (
        {
            **{f"{n} thread{'s' * (n > 1)}": MS / min(n, 4) for n in (1, 2, 4, 6, 8)},
            "4 processes": MS / 4,
            "8 processes": MS / 4,
        },
        "4 threads at a time are best here for C code that releases the GIL: 4.0 × the work of one; 8 do no more; processes are as fast.",
    ),
    "cpu-affinity": (
        {"free": MS, "one CPU each": MS, "one CPU for all": 2 * MS},
        "Binding each process to a CPU gains nothing here: leave it to the kernel; bound to one CPU, as `taskset` before a pool does, they take 2.0 × as long.",
    ),
    "start-method": (
        {"fork": 2 * MS, "forkserver": 8 * MS, "spawn": 60 * MS},
        "A pool costs 2ms a process with fork and 60ms with spawn (30 ×): make one pool for the whole task, and none for work that takes less than 60ms a process.",
    ),
    "start-up": (
        {"python": 10 * MS, "fork": MS, "forkserver": 6 * MS, "spawn": 50 * MS},
        "A new Python takes 10ms to start and end, a fork 1ms, a spawn 50ms (50 × a fork): give each process at least 500ms of work, so that starting it stays below a tenth.",
    ),
    "partition": (
        {
            "not parted": 4 * US,
            "by hash": US,
            "by hash, half on one key": 2 * US,
            "half on one key, salted": US,
            "by hour": 1.5 * US,
        },
        "Parts by hash in processes are 4.0 × faster than one process; with half of the rows on one key they take 2.0 × as long, with that key salted 1.0 ×: look for a hot key before adding processes.",
    ),
    "io-threads": (
        {"one after another": 5 * MS, **{f"{n} threads": 5 * MS / min(n, 16) for n in (2, 4, 8, 16, 32)}},
        "With 5ms to wait for each answer, 16 threads at a time do 16 × the requests of one after another; 32 do no more.",
    ),
    "io-asyncio": (
        {"one after another": 5 * MS, **{f"{n} at a time": 5 * MS / n for n in (2, 4, 8, 16)}},
        "With 5ms to wait for each answer, 16 coroutines at a time do 16 × the requests of one after another; more were not tried.",
    ),
    "http-connection": (
        {"new connection": 200 * US, "kept connection": 100 * US},
        "A kept connection is 2.0 × faster than a new one for each request, which costs 100µs more even on loopback, and two round trips more with TLS over a network: use one session for all requests of a task.",
    ),
    "cache": (
        {
            "compute": 10 * US,
            "hit": US,
            "hit, MD5 as key": 3 * US,
            "miss": 14 * US,
            "hit, lru_cache": 0.08 * US,
        },
        "A hit costs 1µs, a miss 4µs on top of computing: where every second call hits, cache what takes longer than 6µs; an MD5 as key makes a hit cost 3µs, lru_cache, without time to live, 80ns.",
    ),
    "redis-cache": (
        {"compute": 200 * US, "hit": 50 * US, "miss": 300 * US},
        "A hit in Redis costs 50µs for 100 rows, a miss 100µs on top of computing: where every second call hits, share what takes longer than 200µs through Redis, and keep the rest in the process.",
    ),
}
# Their variants are found out by asking a server or an Airflow.
ASKED = {
    "db-write": (
        {1: 41 * US, 10: 9 * US, 100: 2 * US, 1_000: US, "copy": US / 4},
        "1,000 rows a batch is the knee: 41 × faster than row by row; larger ones were not tried. COPY is 4.0 × faster than the best of them.",
    ),
    "db-commit": (
        {1: MS, 10: 110 * US, 100: 12 * US},
        "100 rows a transaction is the knee: 83 × faster than one; larger ones were not tried. One commit costs 988µs here.",
    ),
    "db-connect": (
        {"connection for each query": 5 * MS, "pool": 0.1 * MS, "pool with pre-ping": 0.2 * MS},
        "A query over a pool is 50 × faster than one that connects anew, which costs 4.9ms; pre-ping adds 100µs: keep one engine for the whole task.",
    ),
    "db-concurrency": (
        {1: MS, 2: MS / 2, 4: MS / 4, 8: MS / 4},
        "4 connections at a time write 4.0 × as many transactions as one; 8 do no more: give the pool of tasks that write here 4 slots.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_sentence_says_what_the_values_say(name):
    values, sentence = CASES[name]
    assert workload(name).answer(result(name, values)) == sentence


@pytest.mark.parametrize("name", ASKED)
def test_the_sentence_of_a_server_says_what_the_values_say(name):
    values, sentence = ASKED[name]
    assert workload(name).answer(result(name, values, asked=True)) == sentence


@pytest.mark.parametrize("name", NAMES)
def test_without_values_nothing_is_said(name):
    assert workload(name).answer(result(name, {}, asked=True)) == ""


@pytest.mark.parametrize(
    ("name", "values", "part"),
    [
        (
            "partition",
            {
                "not parted": US,
                "by hash": 2 * US,
                "by hash, half on one key": 2 * US,
                "half on one key, salted": 2 * US,
                "by hour": 2 * US,
            },
            "Parted work is 2.0 × slower at best here: leave rows as cheap as these in one process.",
        ),
        (
            "cpu-affinity",
            {"free": 2 * MS, "one CPU each": MS, "one CPU for all": 2 * MS},
            "Each process on a CPU of its own is 2.0 × faster here; binding all to one CPU, as `taskset` before a pool does, costs nothing while the others are taken.",
        ),
        (
            "cpu-python",
            {"1 process": MS, "2 processes": MS, "4 processes": MS},
            "One process at a time is best here for CPU-bound Python code: more add nothing; threads were not measured.",
        ),
        ("chunk-size", {"1 item": 20 * US, "3 items": US, "no pool": 2 * US}, "larger ones were not tried."),
    ],
)
def test_the_other_side_of_a_question(name, values, part):
    assert workload(name).answer(result(name, values)).endswith(part)


def test_one_connection_is_enough_where_more_gain_nothing():
    answer = workload("db-concurrency").answer(result("db-concurrency", {1: MS, 2: MS, 4: MS}, asked=True))
    assert answer == "One connection at a time writes as much as 4: a pool of 1 slot is enough here."


def test_growth_is_told_with_its_interval():
    kept = [30_000.0, 30_720.0, 31_000.0, 30_500.0, 30_900.0, 30_720.0, 30_700.0]
    figures = {"references kept": {"growth_bytes": kept}, "let go": {"growth_bytes": [100.0] * 7}}
    found = result("memory-growth", {"references kept": MS, "let go": MS}, figures=figures)
    assert workload("memory-growth").answer(found) == (
        "A reference kept to 100 of 1,000 rows grows a process by 30 KiB a batch (29.3 KiB to 30.27 KiB), one let go by 100 B: clear what each batch leaves, or keep weak references."
    )


def test_the_start_of_airflow_is_told_with_its_first_task():
    costs = {"python": 10 * MS, "import airflow": 1.51, "task in a warm process": 80 * MS}
    figures = {"task in a warm process": {"first_task_s": [5.0, 6.0, 7.0]}}
    assert workload("airflow-start").answer(result("airflow-start", costs, figures=figures)) == (
        "`import airflow` takes 1.5s and 100 MiB of memory; a new process has run its first task after 6s, one that is warm runs the next in 80ms: let tasks that are shorter than 6s share processes, or join them into fewer."
    )
    del costs["task in a warm process"]
    assert workload("airflow-start").answer(result("airflow-start", costs, asked=True)) == (
        "`import airflow` takes 1.5s and 100 MiB of memory in each new process."
    )


@pytest.mark.parametrize(
    ("pandas_s", "end"),
    [
        (0.4, "; 400ms of it is `import pandas`: import that inside of the tasks."),
        (0.01, "; its imports are not what costs."),
    ],
)
def test_a_dag_file_is_told_with_its_dearest_import(pandas_s, end):
    figures = {
        "slow.py": {"import_airflow_s": [0.45] * 3, "import_pandas_s": [pandas_s] * 3, "imports_s": [1] * 3}
    }
    found = result("dag-parse", {"slow.py": 0.6, "light.py": 0.05}, figures=figures)
    assert workload("dag-parse").answer(found) == (
        f"slow.py takes 600ms to parse, which is 2% of a core where it is done every 30s{end}"
    )


def test_equal_connections_are_told_as_such():
    found = result("http-connection", {"new connection": MS, "kept connection": MS})
    assert "not known to cost more than a kept one" in workload("http-connection").answer(found)


def test_what_few_values_do_not_tell_is_not_said():
    wild = (1.0, 3.0, 0.5)
    found = result("sqlite-connect", {"connection for each query": MS}, noise=(1.0, 1.0, 1.0))
    other = result("sqlite-connect", {"kept connection": MS}, noise=wild)
    both = WorkloadResult(found.name, "", "", found.curve, (*found.variants, *other.variants))
    assert "is 0.33 to 2.0 × as fast as one that opens" in workload("sqlite-connect").answer(both)
