"""Random workloads and systems of every kind, from a number."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from airflow_tune.executors import ExecutorKind
from airflow_tune.history import trigger_rule
from airflow_tune.simulate.plan import Cells, Dags, Plan, Pools, Runs, Stints, Tasks, candidate_order
from airflow_tune.simulate.system import Demand, Executor, Latencies, System, Workers

KINDS = (ExecutorKind.LOCAL, ExecutorKind.CELERY, ExecutorKind.KUBERNETES)
QUEUES = ("default", "big")


def _int(values):
    return np.array(values, np.int64)


def make_system(rng):
    kinds = rng.sample(KINDS, rng.choice([1, 1, 1, 2]))
    body = sorted(rng.uniform(0.01, 0.4) for _ in range(4))
    late = Latencies(
        tuple(body), (0.01, 0.05), (0.01, 0.03), rng.choice([0.0, 0.3, 1.0]), 5.0, rng.uniform(0.1, 0.5), 0.9
    )
    is_3 = rng.random() < 0.6
    return System(
        tuple(_executor(rng, kind) for kind in kinds),
        rng.choice([1, 2, 4, 8, 32]),
        late,
        schedulers=rng.choice([1, 1, 1, 2, 3]),
        max_tis_per_query=rng.choice([0, 1, 4, 16]),
        idle_sleep_s=rng.choice([0.1, 1.0]),
        runs_created=rng.choice([1, 10]),
        runs_examined=rng.choice([1, 3, 20]),
        limits_per_run=is_3,
        counts_deferred=is_3,
        mini_scheduler=not is_3 and rng.random() < 0.7,
        fewest_runs_first=is_3,
        fifo=is_3,
        pipe=rng.choice([0, 2, 35]),
        demands=_demands(rng),
    )


def _demands(rng):
    if rng.random() < 0.5:
        return ()
    cores = [rng.choice([0.0, 0.1, 0.5, 1.0, 2.0]) for _ in range(rng.randint(1, 3))]
    return tuple(Demand(f"class_{n}", each, rng.choice([0, 1 << 28])) for n, each in enumerate(cores))


def _executor(rng, kind):
    if kind is not ExecutorKind.CELERY:
        return Executor(kind, pods_per_loop=rng.choice([1, 4]), cores=rng.choice([0.5, 2.0, 1e9]))
    groups = [Workers(rng.randint(1, 3), rng.randint(1, 4), rng.choice([0, 8]), cores=rng.choice([1.0, 2.0]))]
    if rng.random() < 0.3:
        groups.append(Workers(1, 2, 2, ("big",)))
    return Executor(kind, tuple(groups))


def _graph(rng, count, base):
    """Return the upstream rows of each of `count` tasks of a DAG whose first task is row `base`."""
    density = rng.choice([0.0, 0.2, 0.6])
    return [[base + above for above in range(task) if rng.random() < density] for task in range(count)]


def make_plan(rng, *, executors=1, hopeless=False):
    """Return a random plan; `hopeless` ones hold what can never run."""
    dags = rng.randint(1, 4)
    sizes = [rng.randint(1, 6) for _ in range(dags)]
    first_task = np.append(0, np.cumsum(sizes))
    graph = [above for dag, size in enumerate(sizes) for above in _graph(rng, size, int(first_task[dag]))]
    pools = rng.randint(1, 3)
    slots = [rng.choice([-1, 1, 2, 5, 20]) for _ in range(pools)]
    widest = [3 if hopeless or n < 0 else min(n, 3) for n in slots]

    def limit(most):
        return rng.randint(1, most) if rng.random() < 0.3 else -1

    tasks = int(first_task[-1])
    facts = []
    for _ in range(tasks):
        pool = rng.randrange(pools)
        weight, queue = rng.choice([1, 1, 5, 9]), rng.randrange(len(QUEUES))
        facts.append((pool, rng.randint(1, widest[pool]), weight, queue, rng.randrange(executors)))
    runs = sorted(
        (rng.choice([0.0, rng.uniform(0, 60)]), rng.randrange(dags), rng.random() < 0.3, rng.random() < 0.15)
        for _ in range(rng.randint(1, 12))
    )
    cells, counts, before, last = [], [], [], {}
    for run, (_, dag, _, _) in enumerate(runs):
        before.append(last.get(dag, -1))
        last[dag] = run
        for task in range(int(first_task[dag]), int(first_task[dag + 1])):
            cells.append((run, task, *facts[task]))
            counts.append(rng.choice([1, 1, 1, 1, 0, 4]))
    column, first = _int(cells), np.append(0, np.cumsum(counts))
    cell_of = np.repeat(np.arange(len(cells)), counts)
    map_index = np.arange(len(cell_of)) - first[cell_of]
    cell = Cells(column[:, 0], column[:, 1], first, *column[:, 2:].T.copy())
    stints, first_stint = _stints(rng, len(cell_of))
    rules = [trigger_rule.ALL] * 4 + [trigger_rule.FIRST, trigger_rule.NO_UPSTREAM]
    return Plan(
        np.datetime64("2026-01-01", "us"),
        Pools(
            tuple(f"pool_{n}" for n in range(pools)),
            _int(slots),
            np.array([rng.random() < 0.5 for _ in range(pools)]),
            np.zeros(pools, bool),
        ),
        Dags(
            tuple(f"dag_{n}" for n in range(dags)),
            _int([rng.choice([1, 2, 16]) for _ in range(dags)]),
            _int([rng.choice([1, 2, 16]) for _ in range(dags)]),
            first_task,
        ),
        Tasks(
            tuple(f"t{n}" for n in range(tasks)),
            np.repeat(np.arange(dags), sizes),
            np.array([rng.choice(rules) for _ in range(tasks)], np.int8),
            np.array([rng.random() < 0.2 for _ in range(tasks)]),
            _int([limit(3) for _ in range(tasks)]),
            _int([limit(2) for _ in range(tasks)]),
            np.append(0, np.cumsum([len(above) for above in graph])),
            _int([one for above in graph for one in above]),
        ),
        Runs(
            tuple(f"r{n}" for n in range(len(runs))),
            _int([dag for _, dag, _, _ in runs]),
            np.array([due for due, _, _, _ in runs]),
            np.array([scheduled for _, _, scheduled, _ in runs]),
            np.array([late for _, _, _, late in runs]),
            np.append(0, np.cumsum([sizes[dag] for _, dag, _, _ in runs])),
            _int(before),
        ),
        cell,
        map_index,
        cell_of,
        first_stint,
        stints,
        candidate_order(cell, cell_of, map_index),
        QUEUES,
        tuple(f"executor_{n}" for n in range(executors)),
    )


def _stints(rng, instances):
    work, then, gap, first = [], [], [], [0]
    for _ in range(instances):
        count = rng.choice([0, 1, 1, 1, 1, 1, 2, 3])
        for nth in range(count):
            work.append(rng.choice([0.0, 0.5, rng.uniform(0, 20)]))
            then.append(0 if nth == count - 1 else rng.randint(1, 5))
            gap.append(rng.choice([0.0, rng.uniform(0, 30)]))
        first.append(len(work))
    return Stints(np.array(work, float), np.array(then, np.int8), np.array(gap, float)), _int(first)


def make(number, *, hopeless=False):
    """Return the plan and the system of `number`."""
    rng = random.Random(number)  # noqa: S311 - no secret
    system = make_system(rng)
    plan = make_plan(rng, executors=len(system.executors), hopeless=hopeless)
    demand = [rng.randrange(max(len(system.demands), 1)) for _ in range(len(plan.stints))]
    stints = replace(plan.stints, demand=np.array(demand, np.int8))
    return replace(plan, stints=stints), system
