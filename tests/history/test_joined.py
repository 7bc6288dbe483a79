"""Two histories as one: every row keeps its names."""

from __future__ import annotations

import numpy as np

from airflow_tune.history.joined import joined

GRAPH = {"a": {"downstream": ("b",)}, "b": {}}


def tries(dag, run, pool, operator, host):
    return [
        {
            "run": run, "dag": dag, "task": task, "pool": pool, "operator": operator, "host": host,
            "start": 1.0, "end": 2.0,
        }
        for task in ("a", "b")
    ]  # fmt: skip


def test_rows_of_both_keep_their_names(make_history):
    one = make_history(
        tries("old", 1, "shared", "Bash", "h1"), graphs={"old": GRAPH}, pools=[("shared", 3, None)]
    )
    two = make_history(
        [*tries("new", 1, "shared", "Python", "h2"), *tries("newer", 2, "own", "Bash", "h1")],
        graphs={"new": GRAPH, "newer": GRAPH},
        pools=[("shared", 9, None), ("own", 5, None)],
    )
    found = joined(one, two)
    assert found.dags.names == ("old", "new", "newer")
    slots = dict(zip(found.pools.names, found.pools.slots.tolist(), strict=True))
    assert slots == {"default_pool": 128, "shared": 3, "own": 5}
    rows = found.tries
    named = [
        (
            found.task_name(rows.task[at]), found.dags.names[found.runs.dag[rows.run[at]]],
            found.pools.names[rows.pool[at]], found.operators[rows.operator[at]], found.hosts[rows.host[at]],
        )
        for at in range(len(rows))
    ]  # fmt: skip
    assert named[::2] == [
        ("old.a", "old", "shared", "Bash", "h1"),
        ("new.a", "new", "shared", "Python", "h2"),
        ("newer.a", "newer", "own", "Bash", "h1"),
    ]
    assert np.diff(found.tasks.first).tolist() == [0, 1, 0, 1, 0, 1]
    assert found.tasks.upstream.tolist() == [0, 2, 4]
    assert [found.runs.run_types[at] for at in found.runs.run_type] == ["manual"] * 3
