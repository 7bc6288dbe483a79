"""Airflow's objects as people use them: tasks and edges that are known, and that Airflow confirms."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from airflow_tune.dags.oracle.ask import ask

HEAD = """
from airflow.sdk import DAG, Label, TaskGroup, chain, dag, setup, task, task_group, teardown
from airflow.providers.standard.operators.empty import EmptyOperator
def t(name, **kw): return EmptyOperator(task_id=name, **kw)
"""

# Code inside `with DAG("d") as d:`, tasks in order, edges.
CASES = {
    "set_upstream": ("a, b = t('a'), t('b')\nb.set_upstream(a)", "a b", "a>b"),
    "set_downstream": ("a, b, c = t('a'), t('b'), t('c')\na.set_downstream([b, c])", "a b c", "a>b a>c"),
    "shift left": ("a, b = t('a'), t('b')\nb << a", "a b", "a>b"),
    "lists": (
        "a, b, c = t('a'), t('b'), t('c')\n[a, b] >> c\n[a, b] << t('z')",
        "a b c z",
        "a>c b>c z>a z>b",
    ),
    "label": ("t('a') >> Label('x') >> t('b')", "a b", "a>b"),
    "methods of an operator's own class": (
        (
            "class Own(EmptyOperator):\n    @staticmethod\n    def name(x): return x + '2'\n"
            "    @classmethod\n    def make(cls, x): return cls(task_id=x)\n"
            "a = Own(task_id='a')\na >> a.make(a.name('b'))"
        ),
        "a b2",
        "a>b2",
    ),
    "kinds of the standard library": (
        (
            "from datetime import date, timedelta\nfrom dateutil.relativedelta import relativedelta\n"
            "if isinstance(timedelta(1), (timedelta, relativedelta)): t('a')\n"
            "if isinstance('x', date): t('b')"
        ),
        "a",
        "",
    ),
    "task_id": ("a = t('a')\nt(a.task_id + '2')", "a a2", ""),
    "node_id": ("a = t('a')\nt(a.node_id + '2')", "a a2", ""),
    "lists of tasks": (
        (
            "a, b = t('a'), t('b')\na >> b\nfor x in b.upstream_list: t('u' + x.task_id)\n"
            "for x in a.downstream_list: t('d' + x.task_id)\nfor x in sorted(b.upstream_task_ids): t('i' + x)"
        ),
        "a b ua db ia",
        "a>b",
    ),
    "children": (
        "with TaskGroup('g') as g:\n    t('a')\nfor x in list(g.children): t('c' + x[-1])",
        "g.a ca",
        "",
    ),
    "group id": ("with TaskGroup('g') as g:\n    t('a')\nt(g.group_id + '2')", "g.a g2", ""),
    "groups related": (
        "with TaskGroup('g') as g:\n    t('a') >> t('b')\nwith TaskGroup('h') as h:\n    t('c')\ng >> h",
        "g.a g.b h.c",
        "g.a>g.b g.b>h.c",
    ),
    "group without prefix": ("with TaskGroup('g', prefix_group_id=False):\n    t('a')", "a", ""),
    "nested groups": ("with TaskGroup('g'):\n    with TaskGroup('h'):\n        t('a')", "g.h.a", ""),
    "group in DAG by hand": ("g = TaskGroup('g')\nt('a', task_group=g) >> t('b')", "g.a b", "g.a>b"),
    "get_task": ("t('a')\nd.get_task('a') >> t('b')", "a b", "a>b"),
    "task_dict": ("t('a')\nd.task_dict['a'] >> t('b')", "a b", "a>b"),
    "task_ids": ("t('a')\nfor x in list(d.task_ids): t(x + '2')", "a a2", ""),
    "as_setup": ("a, b = t('a'), t('b')\na.as_setup() >> b", "a b", "a>b"),
    "as_teardown": (
        "a, b, c = t('a'), t('b'), t('c')\na >> b >> c.as_teardown(setups=a)",
        "a b c",
        "a>b b>c a>c",
    ),
    "teardown block": (
        "a, b, c = t('a'), t('b'), t('c')\nwith c.as_teardown(setups=a):\n    t('w')",
        "a b c w",
        "a>c a>w w>c",
    ),
    "taskflow": (
        "@task\ndef f(x=0): return x\n@task(task_id='other')\ndef g(x): pass\ng(f(f()))",
        "f f__1 other",
        "f>f__1 f__1>other",
    ),
    "override": ("@task\ndef f(): pass\nf.override(task_id='x')() >> f()", "x f", "x>f"),
    "several outputs": (
        "@task(multiple_outputs=True)\ndef f(): return {}\n@task\ndef g(x): pass\ng(f()['k'])",
        "f g",
        "f>g",
    ),
    "expand": ("@task\ndef f(x): pass\n@task\ndef l(): return [1]\nf.expand(x=l())", "l f", "l>f"),
    "partial": (
        "@task\ndef f(x, y): pass\n@task\ndef l(): return [1]\nf.partial(y=l()).expand(x=[1, 2])",
        "l f",
        "l>f",
    ),
    "expand_kwargs": ("@task\ndef f(x): pass\n@task\ndef l(): return []\nf.expand_kwargs(l())", "l f", "l>f"),
    "map zip concat": (
        (
            "@task\ndef a(): return [1]\n@task\ndef b(): return [2]\n@task\ndef f(x): pass\n"
            "f.expand(x=a().map(lambda v: v).zip(b()))\nf.expand(x=a().concat(b()))"
        ),
        "a b f a__1 b__1 f__1",
        "a>f b>f a__1>f__1 b__1>f__1",
    ),
    "group function": (
        "@task\ndef f(x): return x\n@task_group\ndef g(x): return f(x)\nf(g(f(1)))",
        "f g.f f__1",
        "f>g.f g.f>f__1",
    ),
    "setup and teardown": (
        "@setup\ndef s(): pass\n@teardown\ndef e(): pass\n@task\ndef w(): pass\ns() >> w() >> e()",
        "s w e",
        "s>w w>e",
    ),
    "branch": ("@task.branch\ndef f(): return 'a'\nf() >> [t('a'), t('b')]", "f a b", "f>a f>b"),
    "output": (
        (
            "from airflow.providers.standard.operators.bash import BashOperator\n"
            "a = t('a')\nBashOperator(task_id='b', bash_command=a.output)"
        ),
        "a b",
        "a>b",
    ),
    "own operator": (
        (
            "class Mine(EmptyOperator):\n    tail = 'x'\n    def __init__(self, name, **kw):\n"
            "        super().__init__(task_id=name + self.tail, **kw)\n        self.name = name\n"
            "    def after(self, other):\n        other >> self\n        return self\n"
            "    @property\n    def shout(self): return self.name.upper()\n"
            "m = Mine(name='a')\nt(m.shout)\nm.after(t('b'))\nt(m.tail)"
        ),
        "ax A b x",
        "b>ax",
    ),
    "attribute before init": (
        (
            "class Mine(EmptyOperator):\n    def __init__(self, at, **kw):\n        self.at = at\n"
            "        super().__init__(**kw)\nMine(at='x', task_id='a') >> t('b')"
        ),
        "a b",
        "a>b",
    ),
    "init of a named base": (
        (
            "class Base(EmptyOperator):\n    def __init__(self, at, **kw):\n        self.at = at\n"
            "        EmptyOperator.__init__(self, **kw)\n"
            "class Mine(Base):\n    def __init__(self, name, **kw):\n"
            "        Base.__init__(self, at='x', task_id=name, **kw)\n"
            "class Group(TaskGroup):\n    def __init__(self, name):\n"
            "        TaskGroup.__init__(self, group_id=name)\n"
            "with Group('g') as g:\n    Mine(name='a')\ng >> t('b')"
        ),
        "g.a b",
        "g.a>b",
    ),
    "own group": (
        (
            "class Mine(TaskGroup):\n    def __init__(self, name):\n        super().__init__(group_id=name)\n"
            "        t('in', task_group=self)\nMine('g') >> t('b')"
        ),
        "g.in b",
        "g.in>b",
    ),
    "chain": ("chain(t('a'), [t('b'), t('c')], [t('d'), t('e')])", "a b c d e", "a>b a>c b>d c>e"),
    "attribute set": ("a = t('a')\na.retries = 3\na.note = 'n'\nt(a.note)", "a n", ""),
    "dag attribute set": ("d.note = 'n'\nt(d.note)\nt(d.dag_id + '2')", "n d2", ""),
}


def source(code):
    return HEAD + 'with DAG("d") as d:\n' + "".join(f"    {line}\n" for line in code.splitlines())


@pytest.mark.parametrize(("code", "tasks", "edges"), CASES.values(), ids=CASES)
def test_tasks_and_edges_are_those_that_are_known(read, code, tasks, edges):
    found = read(source(code), head="")
    assert found.error is None
    (dag,) = found.dags
    assert sorted(task.key for task in dag.tasks) == sorted(tasks.split())
    assert {f"{edge.upstream}>{edge.downstream}" for edge in dag.edges} == set(edges.split())
    assert dag.complete, dag.why_partial


@pytest.mark.airflow
def test_airflow_makes_the_same_of_them(tmp_path):
    pytest.importorskip("airflow.sdk")
    files = {}
    for number, (name, (code, tasks, edges)) in enumerate(CASES.items()):
        path = tmp_path / f"case_{number}.py"
        path.write_text(source(code), encoding="utf-8")
        files[str(path)] = (name, sorted(tasks.split()), set(edges.split()))
    answers = ask(Path(sys.executable), tmp_path, [Path(file) for file in files])
    for file, (name, tasks, edges) in files.items():
        assert not answers[file]["errors"], name
        dag = answers[file]["dags"]["d"]
        assert sorted(dag["tasks"]) == tasks, name
        assert {f"{up}>{down}" for up, down in dag["edges"]} == edges, name
