"""DAG files damaged in every way that we could think of are read and judged; 50,000 where asked for."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

from airflow_tune.dags.project import Project
from airflow_tune.lint.check import examine
from airflow_tune.lint.options import Options
from airflow_tune.lint.rules import RULES
from airflow_tune.linter.reading import subject_of

FIXTURES = sorted(Path(__file__).parent.parent.joinpath("fixtures", "lint").glob("*.py"))
SOURCES = [path.read_bytes() for path in FIXTURES]
HOSTILE = [
    b"\ndef f(n): return f(n + 1)\nf(0)\n",
    b"\ndef f(n):\n    for i in range(100000): f(n)\nf(0)\n",
    b"\nwhile True: pass\n",
    b"\nn = 'a'\nwhile n: n = n + n\n",
    b"\nl = []\nl.append(l)\nl == [l]\nx = f'{l}'\n",
    b"\ndef g():\n    while True: yield 1\nfor x in g(): pass\nlist(g())\nnext(g())\n",
    b"\nfor i in range(100000):\n    for j in range(100000): pass\n",
    b"\nx = [i for i in range(100000)]\ny = [a for a in x for b in x]\n",
    b"\nclass A(A): pass\n",
    b"\nclass B:\n    def __getattr__(self, n): return getattr(self, n + n)\nB().x\n",
    b"\nclass M(metaclass=DAG): pass\n",
    b"\nx = 10 ** 10 ** 10\ny = 'a' * 10 ** 12\nz = 1 << 10 ** 9\n",
    b"\nd = {}\nfor i in range(100000): d[i] = d\n",
    b"\ntry:\n    raise ValueError\nexcept ValueError:\n    raise\nfinally:\n    x = 1 / 0\n",
    b"\nlambda: (yield)\n",
    b"\nimport itertools\nlist(itertools.permutations(range(100)))\n",
    b"\nglobals().update(globals())\nglobals().clear()\n",
    b"\ndel DAG\nDAG = 5\nDAG(1) >> DAG\n",
    b"\nexec('x' * 10**9)\neval(input())\n",
]
LITERALS = [
    b"9" * 5000,
    b"'" + b"x" * 200_000 + b"'",
    b"[" + b"1," * 20_000 + b"]",
    b"{" + b"'a':1," * 9000 + b"}",
    b"1e999",
]
CODINGS = ["utf-16", "utf-8-sig", "latin-1", "cp1251", "utf-32", "utf-7"]
EXAMPLES = 50_000 if os.environ.get("AIRFLOW_TUNE_THOROUGH") else 150


def truncated(random, data):
    return data[: random.randrange(len(data) + 1)]


def holed(random, data):
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.randrange(1, 80) :]


def shuffled(random, data):
    lines = data.split(b"\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]
    return b"\n".join(lines)


def hostile(random, data):
    lines = data.split(b"\n")
    at = random.randrange(len(lines) + 1)
    return b"\n".join([*lines[:at], random.choice(HOSTILE), *lines[at:]])


def nested(random, data):
    depth = random.choice([5, 50, 90, 500, 5000])
    left, right = random.choice(
        [(b"(", b")"), (b"[", b"]"), (b"f(", b")"), (b"-", b""), (b"not ", b""), (b"x if x else ", b"")]
    )
    return data + b"\nx = " + left * depth + b"1" + right * depth + b"\n"


def indented(random, data):
    depth = random.choice([10, 60, 99, 200])
    block = b"".join(
        b" " * i + random.choice([b"if x:", b"for i in x:", b"def f():", b"with DAG('a'):"]) + b"\n"
        for i in range(depth)
    )
    return data + b"\n" + block + b" " * depth + b"pass\n"


def swollen(random, data):
    words = data.split(b" ")
    words[random.randrange(len(words))] = random.choice(LITERALS)
    return b" ".join(words)


def encoded(random, data):
    text = data.decode("utf-8", "replace") + random.choice(["", "\n# \u20ac\n", "\nx = '\u017e'\n"])
    found = text.encode(random.choice(CODINGS), "replace")
    return (
        random.choice([b"", b"# coding: latin-1\n", b"# -*- coding: utf-16 -*-\n", b"# coding: nonsense\n"])
    ) + found


def noisy(random, data):
    at = random.randrange(len(data) + 1)
    return (
        data[:at]
        + random.choice([b"\x00", b"\xff\xfe", b"\r", b"\x0c", b"\\\n", random.randbytes(6)])
        + data[at:]
    )


def repeated(random, data):
    return data * random.choice([2, 3, 20])


def mixed(random, data):
    other = random.choice(SOURCES)
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other)) :]


MUTATIONS = [
    truncated,
    holed,
    shuffled,
    hostile,
    hostile,
    nested,
    indented,
    swollen,
    encoded,
    noisy,
    repeated,
    mixed,
]


def mutant(number):
    """Return the file that belongs to a number."""
    random = Random(number)  # noqa: S311 - no secret
    data = random.choice(SOURCES)
    for _ in range(random.choice([1, 1, 2, 3, 5])):
        data = random.choice(MUTATIONS)(random, data)[:2_000_000]
    return data


def test_damaged_files_are_answered():
    for number in range(EXAMPLES):
        path = Path("/nowhere/dags/x.py")
        found = subject_of(path, mutant(number), Project(path.parent), Options())
        if found is not None:
            limit = found.graph.limit
            assert limit is None or "the reader failed" not in limit.reason, number
            assert not [one for one in examine(found, RULES).notes if "please report" in one], number
