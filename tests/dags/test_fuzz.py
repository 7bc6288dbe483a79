"""Whatever is done to a DAG file, reading it ends with an answer that is no fault of the reader."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_tune.dags.project import Project
from airflow_tune.dags.reader import read_source

FIXTURES = sorted(Path(__file__).parent.parent.joinpath("fixtures", "lint").glob("*.py"))
SOURCES = [path.read_bytes() for path in FIXTURES]
PIECES = [
    *(
        b"while True:\n    ",
        b"*10**9",
        b"[0]*10**8",
        b"globals()",
        b"lambda: ",
        b"**x",
        b"*x",
        b"yield ",
        b"del ",
    ),
    *(
        b">>",
        b"<<",
        b"[]",
        b"{}",
        b"\x00",
        b"\xff",
        b"# -*- coding: utf-16 -*-\n",
        b"(" * 50,
        b".expand(",
        b"dag",
    ),
    *(
        b"raise X\n",
        b"break\n",
        b"try:\n",
        b"with dag:\n",
        b"for i in range(100000):\n",
        b"class A(A): pass\n",
    ),
]
EDITS = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 60), st.sampled_from(PIECES) | st.binary(max_size=8)),
    max_size=6,
)
PROJECT = Project(Path("/nowhere/dags"))


def answered(data):
    found = read_source(data, "/nowhere/dags/x.py", PROJECT)
    assert found.limit is None or "the reader failed" not in found.limit.reason


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SOURCES), EDITS)
def test_edited_bytes_are_answered(source, edits):
    for at, length, piece in edits:
        source = source[:at] + piece + source[at + length :]
    answered(source)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SOURCES), st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=4))
def test_exchanged_expressions_are_answered(source, pairs):
    tree = ast.parse(source)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    holders = [
        (node, name)
        for node in ast.walk(tree)
        for name, v in ast.iter_fields(node)
        if isinstance(v, ast.expr)
    ]
    for at, other in pairs:
        node, name = holders[at % len(holders)]
        setattr(node, name, nodes[other % len(nodes)])
    try:
        text = ast.unparse(ast.fix_missing_locations(tree))
    except RecursionError:
        return
    answered(text.encode())
