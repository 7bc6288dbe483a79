"""Hostile files end, and say which budget ended them."""

from __future__ import annotations

import pytest

ENDLESS = {
    "while": "while True: x = 1\n",
    "recursion": "def f(n): return f(n + 1)\nf(0)\n",
    "mutual": "def f(): g()\ndef g(): f()\nf()\n",
    "nested loops": "for i in range(10**9):\n    for j in range(10**9): pass\n",
    "generator": "def g():\n    while True: yield 1\nlist(g())\n",
    "comprehension": "[x for x in range(10**8)]\n",
    "product": "import itertools\nlist(itertools.product(range(1000), range(1000), range(1000)))\n",
    "tasks": "with DAG('d'):\n    for i in range(10**7): EmptyOperator(task_id=f't{i}')\n",
    "method": "class A:\n    def __getattr__(self, n): return self.other\nA().x\n",
    "init": "class A:\n    def __init__(self): A()\nA()\n",
}
HUGE = {
    "power": "x = 10 ** 10 ** 10\n",
    "shift": "x = 1 << 10 ** 10\n",
    "text": "x = 'a' * 10 ** 12\n",
    "list": "x = [0] * 10 ** 12\n",
    "doubling": "x = 'a'\nfor _ in range(100): x = x + x\n",
    "lists doubling": "x = [1]\nfor _ in range(100): x = x + x\n",
    "replace": "x = 'a' * 1000\nfor _ in range(9): x = x.replace('a', x)\n",
    "width": "x = '%999999999d' % 1\n",
    "format": "x = '{:999999999}'.format(1)\n",
    "f-string": "x = f'{1:999999999}'\n",
    "justified": "x = 'a'.ljust(10 ** 12)\n",
    "range": "x = list(range(10 ** 12))\n",
    "cycle": "x = []\nx.append(x)\ny = x == [x]\nz = f'{x}'\n",
    "squares": "x = 3\nfor _ in range(100): x = x * x\n",
    "join": "x = ('a' * 100000).join(['b'] * 100000)\n",
    "base classes": "class A: pass\nA.__bases__ = A\n",
}


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_what_never_ends_is_ended_and_said(read, source):
    found = read("dag = DAG('kept')\n" + source)
    assert found.limit is not None
    assert found.dags[0].why_partial[-1] is found.limit


@pytest.mark.parametrize("source", HUGE.values(), ids=HUGE)
def test_huge_values_are_not_built(read, source):
    found = read("dag = DAG('d')\n" + source)
    assert found.dags[0].dag_id == "d"


def test_deep_nesting_is_said(read):
    found = read("x = " + "-" * 5000 + "1\n")
    assert found.error is not None or found.limit is not None


def test_a_long_sum_is_read(graph):
    dag = graph("x = " + " + ".join(["'a'"] * 600) + "\ndag = DAG(f'd{len(x)}')\n")
    assert dag.dag_id == "d600"


def test_a_hostile_module_does_not_starve_the_file_that_imports_it(read):
    found = read(
        "import slow\nwith DAG('d'): EmptyOperator(task_id='a')\n", {"slow.py": "while True: x = 1\n"}
    )
    assert found.limit is not None or found.dags
