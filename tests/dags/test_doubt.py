"""What depends on something unknown is in doubt, and what does not is not."""

from __future__ import annotations

import pytest

from airflow_tune.dags.model import Unknown

# Code in which `x` is an environment variable, `e` is an unread module: the DAG is partial.
PARTIAL = {
    "if": "if x:\n    t('a')",
    "method that may be another": "if x:\n    class O:\n        def m(self, n): return n\nt(O().m('a'))",
    "class method that may be another": (
        "if x:\n    class O:\n        @classmethod\n        def m(cls, n): return n\nt(O.m('a'))"
    ),
    "methods bound in doubt": (
        "class O:\n    if x:\n        def m(self, n): return n\n"
        "        @classmethod\n        def k(cls, n): return n\nt(O().m('a'))\nt(O.k('b'))"
    ),
    "super before an unread base": (
        "class A:\n    def __init__(self): pass\nclass B(e.base(), A):\n    def __init__(self, n):\n"
        "        super().__init__(name=n)\n        self.n = n\nt(B('a').n)\nif x: t('b')"
    ),
    "if else": "if x:\n    n = 'a'\nelse:\n    n = 'b'\nt(n)",
    "if list": "a = ['a']\nif x:\n    a.append('b')\nfor n in a: t(n)",
    "elif": "if x == '1':\n    t('a')\nelif x == '2':\n    t('b')\nelse:\n    t('c')",
    "conditional": "t('a' if x else 'b')",
    "for": "for n in e.names: t(n)",
    "for call": "for n in e.names(): t(f'a{n}')",
    "while": "while e.more():\n    t('a')\n    break",
    "comprehension": "[t(n) for n in ['a', 'b'] if n == x]",
    "dict": "d = {x: 1, 'a': 2}\nfor k in d: t(k)",
    "dict merge": "d = {**e.settings, 'a': 2}\nfor k in d: t(k)",
    "dict comprehension": "d = {k: 1 for k in e.names}\nfor k in d: t(k)",
    "set": "for n in sorted({*e.names, 'a'}): t(n)",
    "list": "for n in [*e.names, 'a']: t(n)",
    "tuple": "for n in (*e.names, 'a'): t(n)",
    "default": "t(d.get(x, 'a')) if (d := {'b': 'c'}) else None",
    "item": "d = {}\nd[x] = 'a'\nfor k in d: t(k)",
    "slice": "for n in ['a', 'b'][:e.limit]: t(n)",
    "number": "for i in range(int(x)): t(f'a{i}')",
    "text": "t('a_' + x)",
    "format": "t('a_{}'.format(x))",
    "percent": "t('a_%s' % x)",
    "f-string": "t(f'a_{x}')",
    "join": "t('_'.join(e.names))",
    "augmented": "n = 'a'\nif x:\n    n += 'b'\nt(n)",
    "break": "for n in 'ab':\n    if n == x:\n        break\n    t(n)",
    "continue": "for n in 'ab':\n    if n == x:\n        continue\n    t(n)",
    "return none": "def f():\n    if x:\n        return\n    t('a')\nf()",
    "raise": "def f():\n    if x:\n        raise ValueError('x')\n    t('a')\nf()",
    "raise after what may have returned": (
        "def f():\n    if x:\n        return 'a'\n    raise ValueError('x')\nt(f())"
    ),
    "caught after what may have returned": (
        "def f():\n    if x:\n        return 'a'\n    raise ValueError('x')\n"
        "try:\n    t(f())\nexcept ValueError:\n    t('b')"
    ),
    "match": "match x:\n    case 'a':\n        t('a')\n    case _:\n        t('b')",
    "sorted": "for n in sorted(e.names): t(n)",
    "zip": "for n, m in zip(e.names, 'ab'): t(n)",
    "map": "for n in map(str, e.names): t(n)",
    "filter": "for n in filter(lambda n: n == x, 'ab'): t(n)",
    "any": "t('a') if any(n == x for n in 'ab') else None",
    "or": "t(x or 'a')",
    "call with DAG": "e.add_tasks(dag)",
    "exec": "with dag:\n    exec(x)",
    "relation": "a, b = t('a'), t('b')\nif x:\n    a >> b",
    "argument of call": "def f(*names):\n    for n in names: t(n)\nf(*e.names)",
    "read file": "for n in open('/nowhere/names').read().split(): t(n)",
    "folder": "import glob\nfor n in glob.glob('*.sql'): t(n)",
    "time": "t(f'a{datetime.now().day}')",
    "early return": "def f():\n    if x:\n        return 'a'\n    return 'b'\nt(f())",
    "early return by default": (
        "y = os.getenv('Y', 'a')\ndef f():\n    if y == 'a':\n        return\n    t('a')\nf()"
    ),
    "and": "x and t('a')",
    "keywords of call": "def f(a='a', **more):\n    t(a)\nf(**e.settings)",
    "variable": "from airflow.models import Variable\nfor n in Variable.get('n').split(): t(n)",
}
# The same beginning, yet nothing that is unknown decides.
COMPLETE = {
    "same on both sides": ("t('a' if x else 'a')", "a"),
    "unused": ("n = x\nt('a')", "a"),
    "both return the same": ("def f():\n    if x:\n        return 'a'\n    return 'a'\nt(f())", "a"),
    "argument": ("t('a').doc_md = x", "a"),
    "length": ("t(f'a{len([x, x])}')", "a2"),
    "first": ("t(['a', x][0])", "a"),
}
START = """import os
import elsewhere as e
x = os.environ['X']
dag = DAG('d')
def t(name): return EmptyOperator(task_id=name, dag=dag)
"""


@pytest.mark.parametrize("code", PARTIAL.values(), ids=PARTIAL)
def test_what_depends_on_the_unknown_is_partial(graph, code):
    dag = graph(f"{START}{code}\n")
    assert not dag.complete
    assert all(isinstance(reason, Unknown) and reason.reason for reason in dag.why_partial)


@pytest.mark.parametrize(("code", "expected"), COMPLETE.values(), ids=COMPLETE)
def test_what_does_not_is_complete(graph, code, expected):
    dag = graph(f"{START}{code}\n")
    assert ([task.key for task in dag.tasks], dag.complete) == (expected.split(), True)
