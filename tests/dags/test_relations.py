from __future__ import annotations

import pytest

OPERATORS = "".join(f"    {name} = EmptyOperator(task_id='{name}')\n" for name in "abcdef")


def edges(dag):
    return sorted(f"{edge.upstream}>{edge.downstream}" for edge in dag.edges)


CASES = {
    "chain of shifts": ("a >> b >> c", "a>b b>c"),
    "against": ("a << b << c", "b>a c>b"),
    "to a list": ("a >> [b, c] >> d", "a>b a>c b>d c>d"),
    "list first": ("[a, b] >> c", "a>c b>c"),
    "list against": ("[a, b] << c", "c>a c>b"),
    "set_upstream": ("a.set_upstream([b, c])", "b>a c>a"),
    "set_downstream": ("a.set_downstream(b)", "a>b"),
    "chain": ("chain(a, [b, c], [d, e], f)", "a>b a>c b>d c>e d>f e>f"),
    "chain linear": ("chain_linear(a, [b, c], [d, e])", "a>b a>c b>d b>e c>d c>e"),
    "cross": ("cross_downstream([a, b], [c, d])", "a>c a>d b>c b>d"),
    "label": ("a >> Label('x') >> b", "a>b"),
    "label of lists": ("[a, b] >> Label('x') >> [c, d]", "a>c a>d b>c b>d"),
    "label against": ("a << Label('x') << b", "b>a"),
    "loop": ("for x in [b, c]:\n        a >> x", "a>b a>c"),
    "previous": ("p = a\n    for x in (b, c):\n        p >> x\n        p = x", "a>b b>c"),
    "zip": ("for x, y in zip([a, b], [c, d]):\n        x >> y", "a>c b>d"),
    "slices": ("t = [a, b, c]\n    for i in range(len(t) - 1):\n        t[i] >> t[i + 1]", "a>b b>c"),
    "get_task": ("dag.get_task('a') >> dag.get_task('b')", "a>b"),
    "unpacked": ("chain(*[a, b, c])", "a>b b>c"),
    "dict": ("t = {'x': a, 'y': b}\n    t['x'] >> t['y']", "a>b"),
    "reduce": ("from functools import reduce\n    reduce(lambda x, y: x >> y, [a, b, c])", "a>b b>c"),
    "twice": ("a >> b\n    a >> b", "a>b"),
}


@pytest.mark.parametrize(("code", "expected"), CASES.values(), ids=CASES)
def test_relations_come_out_as_airflow_makes_them(graph, code, expected):
    dag = graph(f"with DAG('d') as dag:\n{OPERATORS}    {code}\n")
    assert edges(dag) == expected.split()
    assert dag.complete


def test_edge_and_task_say_where_they_were_written(graph):
    dag = graph(
        "with DAG('d'):\n    a = EmptyOperator(task_id='a')\n    b = EmptyOperator(task_id='b')\n    a >> b\n"
    )
    first = dag.place.line
    assert [task.place.line - first for task in dag.tasks] == [1, 2]
    assert dag.edges[0].place.line - first == 3


def test_lists_of_two_lengths_are_an_error_in_chain(read):
    found = read(f"with DAG('d') as dag:\n{OPERATORS}    chain([a, b], [c, d, e])\n")
    assert "differ in length" in found.error.reason


def test_tasks_of_two_dags_cannot_be_related(read):
    source = (
        "d = DAG('d')\ne = DAG('e')\nBashOperator(task_id='a', dag=d) >> BashOperator(task_id='b', dag=e)\n"
    )
    assert "two DAGs" in read(source).error.reason


def test_a_task_without_dag_joins_that_of_its_neighbour(graph):
    dag = graph(
        "dag = DAG('d')\na = EmptyOperator(task_id='a', dag=dag)\nb = EmptyOperator(task_id='b')\na >> b\n"
    )
    assert edges(dag) == ["a>b"]


def test_a_dependency_on_something_unknown_makes_the_graph_partial(graph):
    dag = graph("from company import thing\nwith DAG('d'):\n    EmptyOperator(task_id='a') >> thing.task\n")
    assert "something unknown" in dag.why_partial[0].reason
