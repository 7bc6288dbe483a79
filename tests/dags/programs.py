"""Programs that build a DAG from known and unknown values, made up at random, and what Python builds."""

# ruff: noqa: E501 - the lists of what a program may hold are read as lists

from __future__ import annotations

import sys
import textwrap
from types import SimpleNamespace

TEXTS = ["n", "m"]
NUMBERS = ["i", "j"]
LISTS = ["a", "b"]
DICTS = ["d"]
START = """\
n, m, i, j = 'a', 'b', 1, 2
a, b = ['a', 'c'], ['b']
d = {'a': 'k', 'b': 'l'}
class O: pass
o = O()
o.p = 'p'
def keep(v): return v
"""
WORLDS = [
    {"x": "a", "e": SimpleNamespace(names=["a", "b"], flag=True, limit=1)},
    {"x": "b", "e": SimpleNamespace(names=[], flag=False, limit=0)},
    {"x": "", "e": SimpleNamespace(names=["c"], flag=False, limit=2)},
    {"x": "aa", "e": SimpleNamespace(names=["b", "b", "d"], flag=True, limit=3)},
]
"""What the unknown may be: `x` is an environment variable, `e` a module that is not there."""


class Programs:
    """A program is drawn from `random`; `depth` bounds blocks inside blocks."""

    def __init__(self, random):
        self.random = random
        self.calls = 0
        self.functions = []

    def one_of(self, *options):
        return self.random.choice(options)

    def program(self):
        return START + "\n".join(self.block(2, loop=False, function=False, size=self.random.randint(2, 6)))

    def block(self, depth, *, loop, function, size=None):
        size = size or self.random.randint(1, 3)
        return [line for _ in range(size) for line in self.statement(depth, loop=loop, function=function)]

    def inner(self, depth, *, loop, function):
        return textwrap.indent("\n".join(self.block(depth - 1, loop=loop, function=function)), "    ").split(
            "\n"
        )

    def statement(self, depth, *, loop, function):
        kinds = [self.task, self.task, self.binding, self.binding, self.growth, self.change]
        if depth:
            kinds += [
                self.branch,
                self.branch,
                self.loop,
                self.definition,
                self.attempt,
                self.repeat,
                self.match,
            ]
        if loop:
            kinds += [lambda *_, **__: [f"if {self.test()}: {self.one_of('break', 'continue')}"]]
        if function:
            kinds += [lambda *_, **__: [f"if {self.test()}: return {self.text()}"]]
        return self.random.choice(kinds)(depth, loop=loop, function=function)

    def task(self, *_, **__):
        self.calls += 1
        text = self.text()
        # Before 3.12 no f-string holds its own quotes.
        name = f"'{self.calls}{{}}'.format({text})" if "'" in text else f"f'{self.calls}{{{text}}}'"
        return [
            self.one_of(
                f"t({name})",
                f"t({name})",
                f"{self.test()} and t({name})",
                f"{self.test()} or t({name})",
                f"t({name}) if {self.test()} else None",
                f"[t(f'{self.calls}{{v}}') for v in {self.sequence()} if {self.test('v')}]",
                f"last = t({name})",
                f"last = t({name}) if {self.test()} else last",
                f"last >> t({name})",
                f"list(map(lambda v: t(f'{self.calls}{{v}}'), {self.sequence()}))",
                f"map(t, {self.sequence()})",
                f"(t(f'{self.calls}{{v}}') for v in {self.sequence()})",
            )
        ]

    def binding(self, *_, **__):
        return [
            self.one_of(
                f"{self.one_of(*TEXTS)} = {self.text()}",
                f"{self.one_of(*TEXTS)} += {self.text()}",
                f"{self.one_of(*NUMBERS)} = {self.number()}",
                f"{self.one_of(*NUMBERS)} += {self.number()}",
                f"{self.one_of(*LISTS)} = {self.sequence()}",
                f"d = {self.mapping()}",
                f"o.p = {self.text()}",
                f"n, m = {self.text()}, {self.text()}",
                f"(n := {self.text()})",
                "globals()['n'] = " + self.text(),
                f"setattr(o, 'p', {self.text()})",
                f"*b, m = [*{self.sequence()}, {self.text()}]",
                f"keep = lambda v: {self.text()}",
                f"n = {self.call()}",
            )
        ]

    def growth(self, *_, **__):
        name = self.one_of(*LISTS)
        return [
            self.one_of(
                f"{name}.append({self.text()})",
                f"{name}.extend({self.sequence()})",
                f"{name} += {self.sequence()}",
                f"{name}.insert({self.number()}, {self.text()})",
                f"{name}[:] = {self.sequence()}",
                f"d[{self.text()}] = {self.text()}",
                f"d.update({{{self.text()}: {self.text()}}})",
                f"d.setdefault({self.text()}, {self.text()})",
                f"d |= {{{self.text()}: {self.text()}}}",
            )
        ]

    def change(self, *_, **__):
        name = self.one_of(*LISTS)
        return [
            self.one_of(
                f"{name}.reverse()",
                f"{name}.sort()",
                f"{name}.clear()",
                f"m = {name}.pop() if {name} else 'z'",
                f"{name} = list(reversed({name}))",
                f"d.pop({self.text()}, None)",
                f"if {self.text()} in {name}: {name}.remove({self.text()})",
                "a, b = b, a",
                f"{name} = {name}.copy()",
                f"if {name}: {name}[0] = {self.text()}",
                f"if {name}: del {name}[0]",
            )
        ]

    def branch(self, depth, **where):
        lines = [f"if {self.test()}:", *self.inner(depth, **where)]
        if self.random.random() < 0.3:
            lines += [f"elif {self.test()}:", *self.inner(depth, **where)]
        if self.random.random() < 0.5:
            lines += ["else:", *self.inner(depth, **where)]
        return lines

    def loop(self, depth, *, loop, function):
        head = self.one_of(
            f"for n in {self.sequence()}:",
            f"for i, n in enumerate({self.sequence()}):",
            f"for n, m in zip({self.sequence()}, {self.sequence()}):",
            "for n in d:",
            f"for n, m in {self.mapping()}.items():",
            f"for i in range({self.number()}):",
        )
        lines = [head, *self.inner(depth, loop=True, function=function)]
        if self.random.random() < 0.2:
            lines += ["else:", *self.inner(depth, loop=loop, function=function)]
        return lines

    def repeat(self, depth, *, function, **_):
        self.calls += 1
        name = f"w{self.calls}"
        body = self.inner(depth, loop=True, function=function)
        return [f"{name} = 0", f"while {name} < 3 and {self.test()}:", f"    {name} += 1", *body]

    def definition(self, depth, **_):
        self.calls += 1
        name = f"f{self.calls}"
        head = self.one_of(f"def {name}(v='a'):", f"def {name}(*v, m='b'):", f"def {name}(v='a', **o):")
        declared = self.one_of([], ["    global n"], ["    n = m = 'q'"], ["    n = 'q'"])
        body = self.inner(depth, loop=False, function=True)
        generator = ["    yield 'y'"] if self.random.random() < 0.25 else [f"    return {self.text()}"]
        use = self.one_of(
            f"m = {name}()",
            f"m = keep({name}({self.text()}))",
            f"{name}(*{self.sequence()}[:1])",
            f"{name}()",
        )
        if generator[0].startswith("    yield"):
            use = self.one_of(
                f"b = list({name}())", f"for m in {name}(): pass", f"{name}()", f"m = next({name}(), 'z')"
            )
        return [
            head,
            "    i = j = 1",
            "    a, b, d, last = ['a'], [], {'c': 'e'}, t0",
            *declared,
            *body,
            *generator,
            use,
        ]

    def attempt(self, depth, **where):
        risk = self.one_of(
            f"n = {self.mapping()}[{self.text()}]",
            f"n = {self.sequence()}[{self.number()}]",
            "e.flag or 1 / 0",
        )
        handler = self.one_of(
            "except (KeyError, IndexError):", "except Exception:", "except ZeroDivisionError:"
        )
        lines = ["try:", f"    {risk}", *self.inner(depth, **where), handler, *self.inner(depth, **where)]
        if self.random.random() < 0.3:
            lines += ["finally:", *self.inner(depth, loop=False, function=False)]
        return lines

    def match(self, depth, **where):
        return [
            f"match {self.one_of(self.text(), self.sequence())}:",
            f"    case {self.one_of(repr('a'), '[n]', '[n, *b]', 'str()')}"
            + self.one_of(":", f" if {self.test()}:"),
            *textwrap.indent("\n".join(self.inner(depth, **where)), "    ").split("\n"),
            "    case _:",
            *textwrap.indent("\n".join(self.inner(depth, **where)), "    ").split("\n"),
        ]

    def text(self):
        return self.one_of(
            "'a'", "'b'", *TEXTS, *TEXTS, "x", "o.p", "str(i)", "n.upper()", "f'{n}{j}'", "'%s%s' % (m, i)", "'{}'.format(m)",
            "(n or 'o')", "(x or n)", "(n and m)", "d.get(m, 'g')", "'_'.join(a)", "keep(n)", "str(len(a))",
            "('u' if x else 'u')", "('u' if x == 'a' else 'v')", "next(iter(b), 'z')", "str(a)", "(a or ['z'])[0]", "f'{d}'",
            "getattr(e, 'no', n)", "getattr(o, 'p', 'z')", "min(['k', n])", "x[:1]", "''.join(sorted(b))", "str(x in a)", "str([x] == ['a'])",
        )  # fmt: skip

    def number(self):
        return self.one_of(
            "0",
            "1",
            "2",
            *NUMBERS,
            "len(a)",
            "len(b)",
            "e.limit",
            "len(x)",
            "a.count(n)",
            "(i or 1)",
            "len(d)",
            "len({n, m})",
        )

    def sequence(self):
        return self.one_of(
            *LISTS, *LISTS, "['a', 'b']", "[n, m]", "e.names", "[*a, n]", "[x, 'a']", "list(d)", "list(d.values())", "sorted(a)",
            "a[:1]", "[v for v in a if v != m]", "[v + n for v in b]", "(v for v in a)", "(n, m)", "a + b", "a * e.limit", "sorted({n, m})",
            "list(filter(None, [x, n]))", "[v for v in a if v in x]", "a[e.limit:]", "(a if x else b)", "list(map(str, a))", "sorted([x, n])",
        )  # fmt: skip

    def mapping(self):
        return self.one_of(
            "d", "dict(d)", "{'a': n, 'c': 'd'}", "{n: m}", "{x: n, 'a': m}", "{**d, 'a': n}", "{v: n for v in a}",
            "dict(zip(a, b))", "{k: v for k, v in d.items() if k != x}", "dict(a=n)",
        )  # fmt: skip

    def test(self, also=None):
        options = [
            "x", "not x", "x == 'a'", "e.flag", "i > 1", "n == 'a'", "n in a", "a", "not b", "x in a", "m in d", "len(a) > 1", "n is None",
            "i < j < 3", "n == x", "a == b", "a == ['a', 'c']", "any(v == n for v in a)", "all(v != x for v in b)", "isinstance(n, str)",
            "True", "False", "(i, n) == (1, 'a')", "d", "hasattr(o, 'p')", "n and m", "x or False", "d == {'a': 'k', 'b': 'l'}", "n.startswith('a')",
            "'a' in [x]", "o.p == 'p'", "i == e.limit",
        ]  # fmt: skip
        if also:
            options += [f"{also} == 'a'", f"{also} != x", also, f"{also} in a"] * 4
        return self.random.choice(options)

    def call(self):
        return self.one_of("keep(m)", "keep(keep(n))", "(lambda v: v + m)(n)", "keep(v=x)")


class Dag:
    """As much of a DAG as the programs need."""

    def __init__(self):
        self.tasks = set()
        self.edges = set()


class Task:
    """As much of a task as the programs need."""

    def __init__(self, dag, task_id):
        if task_id in dag.tasks:
            raise RuntimeError(task_id)
        dag.tasks.add(task_id)
        self.dag, self.task_id = dag, task_id

    def __rshift__(self, other):
        self.dag.edges.add((self.task_id, other.task_id))
        return other


def built(program, world):
    """Return the tasks and edges that Python builds in one world; None where the program fails."""
    dag = Dag()
    names = {"__name__": "dag_file", "t": lambda name: Task(dag, name), **world}
    names["t0"] = names["last"] = names["t"]("0")
    before = sys.gettrace()
    sys.settrace(Meter())
    try:
        exec(program, names)  # noqa: S102 - our own programs
    except Exception:  # noqa: BLE001 - Airflow would not import it
        return None
    finally:
        sys.settrace(before)
    return dag.tasks, dag.edges


class Meter:
    """Ends a program that runs on and on."""

    def __init__(self):
        self.lines = 0

    def __call__(self, _frame, _event, _arg):
        self.lines += 1
        if self.lines > 3000:
            raise TimeoutError
        return self
