"""What a declared task is to the scheduler."""

from __future__ import annotations

import pytest

from airflow_tune.simulate.modelled.task import graph, instances, weights

DIAMOND = """
with DAG("d", schedule=None):
    a = BashOperator(task_id="a", bash_command="", priority_weight=2)
    b, c = (BashOperator(task_id=name, bash_command="", priority_weight=3) for name in ("b", "c"))
    d = BashOperator(
        task_id="d", bash_command="", weight_rule="absolute", trigger_rule="one_success", retries=2)
    a >> [b, c] >> d
"""


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("downstream", {"a": 9, "b": 4, "c": 4, "d": 1}),
        ("upstream", {"a": 2, "b": 5, "c": 5, "d": 1}),
        ("absolute", {"a": 2, "b": 3, "c": 3, "d": 1}),
    ],
)
def test_weights_add_up_along_the_graph(dags, rule, expected):
    (dag,) = dags(DIAMOND)[0].values()
    assert weights(dag, rule) == expected


def test_the_graph_is_as_a_serialized_dag_holds_it(dags):
    (dag,) = dags(DIAMOND)[0].values()
    a, *_, d = graph(dag)
    assert a.downstream == ("b", "c")
    assert (d.trigger_rule, d.retries, d.max_active_tis_per_dag) == ("one_success", 2, None)


def test_the_instances_of_mapped_tasks_are_counted_where_the_file_tells(dags):
    (dag,) = dags("""
@dag(schedule=None)
def mapped():
    @task
    def many(x): return x
    many.override(task_id="told").expand(x=[1, 2, 3])
    many.override(task_id="guessed").expand(x=many.override(task_id="plain")(1))
mapped()
""")[0].values()
    found = {task.key: instances(task) for task in dag.tasks}
    assert found == {"told": (3, False), "guessed": (10, True), "plain": (1, False)}
