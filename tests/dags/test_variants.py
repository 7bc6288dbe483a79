"""Each way to write a task, an edge or an import that Airflow offers, from 1.10 to 3.x."""

from __future__ import annotations

import pytest

VARIANTS = [
    *("virtualenv", "external_python", "docker", "kubernetes", "branch", "branch_virtualenv"),
    *("branch_external_python", "short_circuit", "sensor", "bash", "pyspark"),
]
IMPORTS = {
    "1.10": (
        "from airflow import DAG\nfrom airflow.operators.bash_operator import BashOperator as B\n"
        "from airflow.operators.dummy_operator import DummyOperator as E\n"
        "from airflow.contrib.operators.kubernetes_pod_operator import KubernetesPodOperator\n"
    ),
    "2.x": (
        "from airflow.models.dag import DAG\nfrom airflow.operators.bash import BashOperator as B\n"
        "from airflow.operators.empty import EmptyOperator as E\n"
    ),
    "3.x": (
        "from airflow.sdk import DAG\n"
        "from airflow.providers.standard.operators.bash import BashOperator as B\n"
        "from airflow.providers.standard.operators.empty import EmptyOperator as E\n"
    ),
    "either": (
        "try:\n    from airflow.sdk import DAG\nexcept ImportError:\n    from airflow import DAG\n"
        "try:\n    from airflow.providers.standard.operators.bash import BashOperator as B\n"
        "    from airflow.providers.standard.operators.empty import EmptyOperator as E\n"
        "except ImportError:\n    from airflow.operators.bash import BashOperator as B\n"
        "    from airflow.operators.empty import EmptyOperator as E\n"
    ),
}
EDGES = {
    "chain": ("chain(a, [b, c], [d, e], f)", "a>b a>c b>d c>e d>f e>f"),
    "chain_linear": ("chain_linear(a, [b, c], [d, e])", "a>b a>c b>d b>e c>d c>e"),
    "cross_downstream": ("cross_downstream([a, b], [c, d])", "a>c a>d b>c b>d"),
    "lists": ("a >> [b, c] >> d", "a>b a>c b>d c>d"),
    "left": ("a << [b, c]", "b>a c>a"),
    "label": ("a >> Label('yes') >> [b, c]", "a>b a>c"),
    "set": ("a.set_downstream([b, c])\nb.set_upstream(d)", "a>b a>c d>b"),
    "loop": ("for one, other in zip([a, b, c], [b, c, d]):\n    one >> other", "a>b b>c c>d"),
    "starred chain": ("chain(*[a, b, c])", "a>b b>c"),
    "reduce": ("import functools as f_\nf_.reduce(lambda x, y: x >> y, [a, b, c])", "a>b b>c"),
    "generator": ("a >> list(t for t in (b, c))", "a>b a>c"),
}


def pairs(dag):
    return sorted(f"{edge.upstream}>{edge.downstream}" for edge in dag.edges)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_taskflow_variant_makes_a_task_and_takes_results(graph, variant):
    dag = graph(f"""
        with DAG("d"):
            @task.{variant}
            def plain(x=None): ...
            @task.{variant}(task_id="named", retries=2)
            def given(x): ...
            given(plain())
            given.override(task_id="mapped").expand(x=[1, 2])
    """)
    assert [task.key for task in dag.tasks] == ["plain", "named", "mapped"]
    assert [task.mapped for task in dag.tasks] == [False, False, True]
    assert dag.tasks[1].argument("retries") == 2
    assert (pairs(dag), dag.complete) == (["plain>named"], True)


def test_a_task_that_may_be_skipped_is_a_task(graph):
    dag = graph("""
        with DAG("d"):
            @task.run_if(lambda context: True)
            @task.bash
            def a(): ...
            @task.skip_if(lambda context: True)
            @task
            def b(): ...
            a() >> b()
    """)
    assert (pairs(dag), dag.complete) == (["a>b"], True)


@pytest.mark.parametrize("head", IMPORTS.values(), ids=IMPORTS)
def test_imports_of_every_age_are_one(read, head):
    found = read("with DAG('d'):\n    B(task_id='a', bash_command='x') >> E(task_id='b')\n", head=head)
    (dag,) = found.dags
    assert ([task.key for task in dag.tasks], pairs(dag), dag.complete) == (["a", "b"], ["a>b"], True)


@pytest.mark.parametrize(("code", "expected"), EDGES.values(), ids=EDGES)
def test_every_way_to_relate_tasks(graph, code, expected):
    names = "a, b, c, d, e, f = [EmptyOperator(task_id=n, dag=dag) for n in 'abcdef']"
    dag = graph(f"dag = DAG('d')\n{names}\n{code}\n")
    assert (pairs(dag), dag.complete) == (sorted(expected.split()), True)


def test_files_beside_the_dag_are_read_where_their_path_is_known(graph):
    dag = graph(
        """
        import json, os, yaml
        from pathlib import Path
        with open(os.path.join(os.path.dirname(__file__), "conf", "t.yaml")) as file:
            tables = yaml.safe_load(file)["tables"]
        more = json.loads((Path(__file__).parent / "conf" / "t.json").read_text())
        with DAG("d"):
            for name in [*tables, *more]:
                EmptyOperator(task_id=name)
        """,
        {"conf/t.yaml": "tables: [a, b]\n", "conf/t.json": '["c"]'},
    )
    assert ([task.key for task in dag.tasks], dag.complete) == (["a", "b", "c"], True)


def test_iterators_are_read_as_late_as_python_reads_them(graph):
    dag = graph("""
        def t(name): return EmptyOperator(task_id=name)
        def endless():
            n = 0
            while True:
                yield t(f"e{n}")
                n += 1
        with DAG("d"):
            map(t, ["never"])
            (t(name) for name in ["never too"])
            for number, task_ in enumerate(endless()):
                if number == 1: break
    """)
    assert [task.key for task in dag.tasks] == ["e0", "e1"]


def test_a_context_manager_of_the_project_surrounds_its_block(graph):
    dag = graph("""
        from contextlib import contextmanager
        @contextmanager
        def between(name):
            first = EmptyOperator(task_id=f"{name}_start")
            yield first
            EmptyOperator(task_id=f"{name}_end")
        with DAG("d"):
            with between("x") as start:
                start >> EmptyOperator(task_id="inside")
    """)
    assert [task.key for task in dag.tasks] == ["x_start", "inside", "x_end"]
    assert (pairs(dag), dag.complete) == (["x_start>inside"], True)


def test_what_a_file_changes_in_a_module_does_not_reach_the_next_file(tmp_path):
    from airflow_tune.dags.reader import read_files  # noqa: PLC0415 - the only test that reads two files

    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "common.py").write_text("NAMES = ['a']\n", encoding="utf-8")
    head = "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\nimport common\n"
    body = "with DAG('d'):\n    for name in common.NAMES: EmptyOperator(task_id=name)\n"
    (folder / "one.py").write_text(f"{head}common.NAMES.append('b')\n{body}", encoding="utf-8")
    (folder / "two.py").write_text(head + body, encoding="utf-8")
    first, second = read_files([folder / "one.py", folder / "two.py"])
    assert [task.key for task in first.dags[0].tasks] == ["a", "b"]
    assert [task.key for task in second.dags[0].tasks] == ["a"]
