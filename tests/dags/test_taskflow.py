from __future__ import annotations


def edges(dag):
    return sorted(f"{edge.upstream}>{edge.downstream}" for edge in dag.edges)


def keys(dag):
    return [task.key for task in dag.tasks]


def test_results_passed_become_edges(graph):
    dag = graph("""
        @dag(schedule="@daily")
        def pipeline():
            @task
            def extract(): ...
            @task(retries=3)
            def load(x, y=None): ...
            load(extract(), y={"deep": [extract()]})
        pipeline()
    """)
    assert dag.dag_id == "pipeline"
    assert keys(dag) == ["extract", "extract__1", "load"]
    assert edges(dag) == ["extract>load", "extract__1>load"]
    assert dag.tasks[-1].argument("retries") == 3


def test_override_gives_another_id(graph):
    dag = graph("""
        with DAG("d"):
            @task
            def f(x=None): ...
            f.override(task_id="g", pool="p")(f())
    """)
    assert edges(dag) == ["f>g"]
    assert dag.tasks[1].argument("pool") == "p"


def test_mapped_tasks_are_one_task(graph):
    dag = graph("""
        with DAG("d"):
            @task
            def numbers(): ...
            @task
            def add(x, y): ...
            add.partial(y=2).expand(x=numbers())
            BashOperator.partial(task_id="b", retries=1).expand(bash_command=numbers().map(str))
    """)
    assert [(task.key, task.mapped) for task in dag.tasks] == [
        ("numbers", False), ("add", True), ("numbers__1", False), ("b", True),
    ]  # fmt: skip
    assert edges(dag) == ["numbers>add", "numbers__1>b"]


def test_output_of_an_operator_is_a_result(graph):
    dag = graph("""
        with DAG("d"):
            a = BashOperator(task_id="a", bash_command="x")
            b = BashOperator(task_id="b", bash_command="x", env={"v": a.output["k"]})
            BashOperator(task_id="c", bash_command="x", trigger_rule=a.output)
    """)
    assert edges(dag) == ["a>b"]


def test_groups_prefix_ids_and_relate_by_their_ends(graph):
    dag = graph("""
        with DAG("d"):
            s = EmptyOperator(task_id="s")
            with TaskGroup("g") as g:
                a = EmptyOperator(task_id="a")
                with TaskGroup("h", prefix_group_id=False):
                    EmptyOperator(task_id="b") >> EmptyOperator(task_id="c")
            s >> g >> EmptyOperator(task_id="e")
    """)
    assert keys(dag) == ["s", "g.a", "b", "c", "e"]
    assert edges(dag) == ["b>c", "c>e", "g.a>e", "s>b", "s>g.a"]
    assert dag.tasks[1].group == "g"


def test_task_group_functions_repeat_with_suffixes_and_map(graph):
    dag = graph("""
        with DAG("d"):
            @task
            def f(x): ...
            @task_group
            def g(x):
                f(x)
            g(1)
            g(2)
            g.expand(x=f(0))
    """)
    assert keys(dag) == ["g.f", "g__1.f", "f", "g__2.f"]
    assert edges(dag) == ["f>g__2.f"]


def test_an_empty_group_hands_on_what_is_before_it(graph):
    dag = graph("""
        with DAG("d"):
            with TaskGroup("g") as g:
                pass
            EmptyOperator(task_id="a") >> g >> EmptyOperator(task_id="b")
    """)
    assert edges(dag) == ["a>b"]


def test_setup_and_teardown_embrace_the_work(graph):
    dag = graph("""
        with DAG("d"):
            @setup
            def up(): ...
            @teardown
            def down(): ...
            @task
            def work(): ...
            with up() >> down():
                work()
            EmptyOperator(task_id="x").as_teardown(setups=EmptyOperator(task_id="y"))
    """)
    assert edges(dag) == ["up>down", "up>work", "work>down", "y>x"]
    assert {task.key for task in dag.tasks if task.is_teardown} == {"down", "x"}
    assert dag.tasks[1].argument("trigger_rule") == "all_done_setup_success"


def test_a_group_ends_before_its_teardown(graph):
    dag = graph("""
        with DAG("d"):
            with TaskGroup("g") as g:
                a = EmptyOperator(task_id="a").as_setup()
                EmptyOperator(task_id="w") >> EmptyOperator(task_id="z").as_teardown(setups=a)
            g >> EmptyOperator(task_id="e")
    """)
    assert "g.w>e" in edges(dag)
    assert "g.z>e" not in edges(dag)


def test_an_asset_is_a_dag_of_one_task(read):
    found = read("from airflow.sdk import asset\n@asset(schedule=None)\ndef sales(): ...\n")
    assert [(dag.dag_id, [task.key for task in dag.tasks]) for dag in found.dags] == [("sales", ["sales"])]
