"""Random states of a scheduler, as JSON for a real Airflow and as a State for the simulator."""

from __future__ import annotations

import random

import numpy as np

from airflow_tune.executors import ExecutorKind
from airflow_tune.simulate.choice import choose
from airflow_tune.simulate.plan import Cells, Dags, Plan, Pools, Runs, Stints, Tasks, candidate_order
from airflow_tune.simulate.state import State
from airflow_tune.simulate.system import Executor, Latencies, System

STATES = (*["scheduled"] * 10, "queued", "running", "deferred", "success", None, "up_for_retry")
EXECUTORS = (None, "CeleryExecutor")
DAGS = 12
NO_LATENCY = Latencies((0.1,), (0.0,), (0.0,), 0.0, 0.0)


def make_dags(seed):
    """Return {dag_id: {task_id: [max_active_tis_per_dag, max_active_tis_per_dagrun]}}."""
    rng = random.Random(seed)  # noqa: S311 - no secret

    def limit(share):
        return rng.randint(1, 4) if rng.random() < share else None

    return {
        f"dag_{n:02d}": {f"t{t}": [limit(0.25), limit(0.25)] for t in range(rng.randint(1, 7))}
        for n in range(DAGS)
    }


def make_state(rng, dags):
    """Return one state; in one of five, task instances share weights, so that Airflow leaves ties open."""
    pools = {
        f"pool_{n}": [rng.choice([-1, 0, 2, 3, 5, 8, 13, 20]), rng.random() < 0.4]
        for n in range(rng.randint(1, 4))
    }
    used = rng.sample(sorted(dags), rng.randint(1, 5))
    limits = {name: [rng.choice([1, 2, 3, 4, 6, 16]), name in used and rng.random() < 0.08] for name in dags}
    runs, tis = [], []
    minutes = rng.sample(range(1000), 40)
    for name in used:
        for n in range(rng.choice([1, 1, 2, 3, 4])):
            state = "running" if rng.random() < 0.9 else rng.choice(["queued", "success", "failed"])
            runs.append([name, f"run_{n}", state, minutes.pop()])
    spread = 6 if rng.random() < 0.2 else 0
    weights = rng.sample(range(1, 500), 120)
    for name in used:
        for task in dags[name]:
            weight = rng.randint(1, spread) if spread else weights.pop()
            pool = rng.choice([*pools, *pools, *pools, *pools, "gone"])
            slots, executor = rng.choice([1, 1, 1, 2, 3]), rng.choice(EXECUTORS)
            mapped = rng.randint(2, 6) if rng.random() < 0.25 else 0
            for _, run_id, _, _ in (run for run in runs if run[0] == name):
                for index in range(mapped) if mapped else (-1,):
                    state = rng.choice(STATES)
                    tis.append([name, run_id, task, index, state, pool, slots, weight, executor])
    return {
        "pools": pools,
        "dags": limits,
        "runs": runs,
        "tis": tis,
        "max_tis": rng.choice([1, 2, 3, 5, 8, 16, 64]),
        "free": [rng.choice([0, 1, 2, 4, 8, 50, 50]) for _ in EXECUTORS],
    }


def has_ties(state):
    """Return whether two candidates are equal in all that Airflow orders by."""
    dates = {(run[0], run[1]): run[3] for run in state["runs"]}
    keys = [(ti[7], dates[ti[0], ti[1]], ti[3]) for ti in state["tis"] if ti[4] == "scheduled"]
    return len(keys) != len(set(keys))


def _codes(values):
    names = tuple(sorted(set(values)))
    return names, {name: code for code, name in enumerate(names)}


def _int(values):
    return np.array(values, np.int64)


def plan_of(state, dags):
    """Return the plan that holds `state`, and the names of its task instances."""
    dag_names, dag_code = _codes(dags)
    tasks = [(name, task) for name in dag_names for task in dags[name]]
    task_code = {pair: code for code, pair in enumerate(tasks)}
    runs = sorted(state["runs"], key=lambda run: run[3])
    run_code = {(run[0], run[1]): code for code, run in enumerate(runs)}
    pool_names, pool_code = _codes([*state["pools"], "gone"])
    found, cell_of = [], {}
    for run in runs:
        for task in dags[run[0]]:
            cell_of[run[0], run[1], task] = len(found)
            found.append((run_code[run[0], run[1]], task_code[run[0], task]))
    tis = sorted(state["tis"], key=lambda ti: (cell_of[ti[0], ti[1], ti[2]], ti[3]))
    cells = [cell_of[ti[0], ti[1], ti[2]] for ti in tis]
    facts = dict(zip(cells, tis, strict=True))
    columns = [
        [pool_code[facts[c][5]], facts[c][6], facts[c][7], 0, EXECUTORS.index(facts[c][8])]
        for c in range(len(found))
    ]
    counts = np.bincount(cells, minlength=len(found))
    pairs, column = _int(found), _int(columns)
    limits = _int([[-1 if n is None else n for n in dags[name][task]] for name, task in tasks])
    cell = Cells(pairs[:, 0], pairs[:, 1], np.append(0, np.cumsum(counts)), *column.T.copy())
    zeros = np.zeros(len(runs), bool)
    plan = Plan(
        np.datetime64("2026-01-01", "us"),
        Pools(pool_names, _int([state["pools"].get(n, [0])[0] for n in pool_names]),
              np.array([state["pools"].get(n, [0, False])[1] for n in pool_names]),
              np.array([n not in state["pools"] for n in pool_names])),
        Dags(dag_names, _int([state["dags"][n][0] for n in dag_names]), _int([-1] * len(dag_names)),
             np.append(0, np.cumsum([len(dags[n]) for n in dag_names]))),
        Tasks(tuple(task for _, task in tasks), _int([dag_code[name] for name, _ in tasks]),
              np.zeros(len(tasks), np.int8), np.zeros(len(tasks), bool), limits[:, 0], limits[:, 1],
              np.zeros(len(tasks) + 1, np.int64), _int([])),
        Runs(tuple(run[1] for run in runs), _int([dag_code[run[0]] for run in runs]),
             _int([run[3] for run in runs]) * 60.0, zeros, zeros,
             np.append(0, np.cumsum([len(dags[run[0]]) for run in runs])), _int([-1] * len(runs))),
        cell,
        _int([ti[3] for ti in tis]),
        _int(cells),
        np.arange(len(tis) + 1),
        Stints(np.ones(len(tis)), np.zeros(len(tis), np.int8), np.zeros(len(tis))),
        candidate_order(cell, _int(cells), _int([ti[3] for ti in tis])),
        ("default",),
        ("LocalExecutor", "CeleryExecutor"),
    )  # fmt: skip
    return plan, tis


def simulated(state, dags, *, is_3):
    """Return what the simulator chooses in `state`, as Airflow names it."""
    plan, tis = plan_of(state, dags)
    system = System(
        (Executor(ExecutorKind.LOCAL), Executor(ExecutorKind.CELERY)), 1000, NO_LATENCY,
        limits_per_run=is_3, counts_deferred=is_3,
    )  # fmt: skip
    held = State(plan, system)
    running = {(run[0], run[1]) for run in state["runs"] if run[2] == "running"}
    for instance, ti in enumerate(tis):
        if ti[4] in {"queued", "running"}:
            held.hold(instance, 1)
        elif ti[4] == "deferred":
            held.park(instance, 1)
        elif ti[4] == "scheduled" and (ti[0], ti[1]) in running and not state["dags"][ti[0]][1]:
            held.offer(instance)
    return [tis[i][:4] for i in choose(held, state["max_tis"], state["free"])]
