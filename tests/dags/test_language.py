"""Python as people write it around DAGs."""

from __future__ import annotations

import pytest

from airflow_tune.dags.model import Reference, Unknown

IDS = {
    "f-string": ("for i in range(3): t(f'a{i:02d}')", "a00 a01 a02"),
    "percent": ("t('a_%s' % 'b')", "a_b"),
    "format": ("t('{}_{x}'.format('a', x=1))", "a_1"),
    "comprehension": ("[t(x) for x in ['a', 'b'] if x != 'a']", "b"),
    "items": ("for k, v in {'a': 1, 'b': 2}.items(): t(f'{k}{v}')", "a1 b2"),
    "enumerate": ("for i, x in enumerate(['a', 'b'], 1): t(f'{x}{i}')", "a1 b2"),
    "sorted": ("for x in sorted({'b', 'a'}, reverse=True): t(x)", "b a"),
    "while": ("i = 0\nwhile i < 2:\n    t(f'a{i}')\n    i += 1", "a0 a1"),
    "break": ("for x in 'abc':\n    if x == 'b': break\n    t(x)", "a"),
    "else": ("for x in 'a':\n    continue\nelse:\n    t('e')", "e"),
    "conditional": ("t('a' if 1 > 2 else 'b')", "b"),
    "recursion": ("def f(n):\n    if n: t(f'a{n}'); f(n - 1)\nf(2)", "a2 a1"),
    "closure": ("def make(p):\n    def inner(s): t(p + s)\n    return inner\nmake('a')('b')", "ab"),
    "defaults": ("def f(*args, s='x', **kw): t(args[0] + s + kw['k'])\nf('a', k='b')", "axb"),
    "generator": ("def g():\n    yield 'a'\n    yield from ['b', 'c']\nfor x in g(): t(x)", "a b c"),
    "partial": ("from functools import partial\npartial(t, 'a')()", "a"),
    "product": ("import itertools\nfor x, y in itertools.product('ab', '1'): t(x + y)", "a1 b1"),
    "try": ("try:\n    {}['k']\nexcept KeyError:\n    t('k')\nfinally:\n    t('f')", "k f"),
    "raise": ("try:\n    raise ValueError('x')\nexcept (TypeError, ValueError) as e:\n    t('v')", "v"),
    "walrus": ("if (n := len('abc')) > 2: t(f'a{n}')", "a3"),
    "match": ("match 'b':\n    case 'a': t('x')\n    case 'b' | 'c': t('y')\n    case _: t('z')", "y"),
    "star": ("first, *rest = ['a', 'b', 'c']\nfor x in rest: t(x)", "b c"),
    "global": ("n = 'a'\ndef f():\n    global n\n    n = 'b'\nf()\nt(n)", "b"),
    "dict merge": ("t({**{'k': 'a'}, 'k': 'b'}['k'])", "b"),
    "default dict": ("import collections as c\nd = c.defaultdict(list)\nd[1].append('a')\nt(d[1][0])", "a"),
    "lambda": ("t((lambda x: x.upper())('a'))", "A"),
    "map": ("for x in map(str, [1]): t('a' + x)", "a1"),
    "any": ("t('y' if any(x > 1 for x in [1, 2]) else 'n')", "y"),
    "seeded": ("import random\nrandom.seed(1)\nt(f'a{random.randint(1, 100)}')", "a18"),
    "enum": ("import enum\nclass E(enum.Enum):\n    A = 'a'\n    B = 'b'\nfor e in E: t(e.value)", "a b"),
    "tuple": ("import collections as c\nP = c.namedtuple('P', 'x y', defaults=['b'])\nt(P('a').x)", "a"),
    "locals": ("def f(a):\n    b = locals()\n    b.pop('a')\n    t(a)\nf('x')", "x"),
    "date": ("t(f'd{(datetime(2024, 1, 31) + timedelta(days=1)).month}')", "d2"),
    "json": ("import json\nfor x in json.loads('[\"a\"]'): t(x)", "a"),
    "deepcopy": ("import copy\na = [['x']]\nb = copy.deepcopy(a)\nb[0].append('y')\nt('_'.join(a[0]))", "x"),
}  # fmt: skip


def ids(dag):
    return [task.key for task in dag.tasks]


@pytest.mark.parametrize(("code", "expected"), IDS.values(), ids=IDS)
def test_task_ids_are_what_python_makes_them(graph, code, expected):
    dag = graph(f"dag = DAG('d')\ndef t(name): return EmptyOperator(task_id=name, dag=dag)\n{code}\n")
    assert ids(dag) == expected.split()
    assert dag.complete, dag.why_partial


def test_classes_of_the_project_are_followed(graph):
    dag = graph("""
        from dataclasses import dataclass, field

        class Load(BashOperator):
            def __init__(self, table, retries=1, **kwargs):
                super().__init__(task_id=f"load_{table}", bash_command="x", retries=retries, **kwargs)

        @dataclass
        class Conf:
            table: str
            tags: list = field(default_factory=list)

            @property
            def name(self):
                return self.table.lower()

        class Factory:
            prefix = "p"

            def __init__(self, conf):
                self.conf = conf

            @classmethod
            def of(cls, name):
                return cls(Conf(name))

            def build(self):
                with DAG(f"{self.prefix}_{self.conf.name}", default_args={"retries": 5}) as dag:
                    Load(self.conf.name) >> Load("other", pool="x")
                return dag

        dag = Factory.of("ORDERS").build()
    """)
    assert dag.dag_id == "p_orders"
    assert ids(dag) == ["load_orders", "load_other"]
    assert [task.operator for task in dag.tasks] == ["Load", "Load"]
    assert [task.argument("retries") for task in dag.tasks] == [5, 5]
    assert dag.tasks[1].argument("pool") == "x"
    assert dag.complete


def test_attributes_are_looked_up_in_python_s_order(graph):
    dag = graph("""
        class Base:
            def __init__(self, **kw): self.made = ["base"]
            name = "base"
        class Mixin(Base):
            def __init__(self, **kw):
                super().__init__(**kw)
                self.made.append("mixin")
        class Other(Base):
            name = "other"
            def __init__(self, extra, **kw):
                super().__init__(**kw)
                self.made.append(extra)
        class Both(Mixin, Other):
            def __init__(self):
                super().__init__(extra="x")
        dag = DAG("_".join([*Both().made, Both.name]))
    """)
    assert dag.dag_id == "base_x_mixin_other"


def test_dags_set_in_globals_are_found(read):
    found = read("for n in 'ab':\n    globals()[f'dag_{n}'] = DAG(f'd_{n}')\n")
    assert [dag.dag_id for dag in found.dags] == ["d_a", "d_b"]


def test_a_dag_that_no_name_holds_is_none(read):
    assert read("def f():\n    return DAG('lost')\nf()\n").dags == ()


def test_modules_of_the_project_are_read(graph):
    files = {
        "lib/__init__.py": "from .names import NAMES\n",
        "lib/names.py": "NAMES = ['a', 'b']\n",
        "lib/make.py": """
            from airflow.operators.empty import EmptyOperator
            from lib import NAMES as ALL
            def tasks(dag):
                return [EmptyOperator(task_id=n, dag=dag) for n in ALL]
        """,
    }
    source = """
        from lib import make
        from lib.names import *
        dag = DAG("d")
        make.tasks(dag) >> EmptyOperator(task_id=NAMES[0] + "2")
    """
    dag = graph(source, files)
    assert ids(dag) == ["a", "b", "a2"]
    assert dag.tasks[0].place.file.endswith("make.py")
    assert dag.complete


def test_yaml_and_json_files_are_read_where_the_path_is_known(graph):
    files = {"conf/a.yaml": "tasks: [x, y]\n", "conf/b.json": '{"z": 1}'}
    dag = graph(
        """
        import json, os, yaml
        from pathlib import Path
        with open(os.path.join(os.path.dirname(__file__), "conf", "a.yaml")) as f:
            names = yaml.safe_load(f)["tasks"]
        more = json.loads((Path(__file__).parent / "conf" / "b.json").read_text())
        with DAG("d"):
            for name in [*names, *more]:
                EmptyOperator(task_id=name)
        """,
        files,
    )
    assert ids(dag) == ["x", "y", "z"]
    assert dag.complete


def test_default_args_reach_tasks_through_dag_and_group(graph):
    dag = graph("""
        with DAG("d", default_args={"retries": 1, "pool": "p", "queue": "q"}):
            with TaskGroup("g", default_args={"retries": 2, "pool": "r"}):
                EmptyOperator(task_id="a", pool="s", on_failure_callback=print)
    """)
    (task,) = dag.tasks
    assert [task.argument(name) for name in ("retries", "pool", "queue", "priority_weight")] == [
        2,
        "s",
        "q",
        1,
    ]


def test_default_args_that_were_not_read_leave_what_tasks_take_unknown(graph):
    dag = graph("""
        from elsewhere import defaults
        with DAG("d", default_args=defaults):
            EmptyOperator(task_id="a", pool="s")
    """)
    (task,) = dag.tasks
    assert task.argument("pool") == "s"
    assert isinstance(task.argument("retries"), Unknown)
    assert dag.complete


def test_arguments_are_plain_or_say_what_they_are(graph):
    dag = graph("""
        def run(): ...
        from airflow.operators.python import PythonOperator
        import os
        defaults = {"e": os.getenv("E", "x")}
        dag = DAG("d", schedule="@daily", start_date=datetime(2024, 1, 1), default_args=defaults)
        PythonOperator(task_id="a", python_callable=run, op_args=[dag, PythonOperator], dag=dag)
    """)
    (task,) = dag.tasks
    assert task.arguments["python_callable"] == Reference("function", "run", 11)
    assert [part.kind for part in task.arguments["op_args"]] == ["dag", "name"]
    assert dag.arguments["schedule"] == "@daily"
    assert isinstance(task.arguments["e"], Unknown)
    assert task.arguments["e"].default == "x"
