"""What names hold is found in time that their bindings bound, however they refer to each other."""

from __future__ import annotations

import ast

from airflow_tune.lint.flow import kinds
from airflow_tune.lint.flow.body import Body
from airflow_tune.lint.flow.walk import walk

OFTEN = 100
CROSSED = (
    "import psycopg2\n" + "a = b.cursor()\nb = a.cursor()\n" * OFTEN + "c = psycopg2.connect('x')\nd = c\n"
)


def test_names_that_are_bound_to_each_other_are_followed_once(monkeypatch):
    asked = 0
    plain = kinds.bind_kind

    def counted(*args):
        nonlocal asked
        asked += 1
        assert asked < OFTEN * OFTEN
        return plain(*args)

    monkeypatch.setattr(kinds, "bind_kind", counted)
    body = walk(Body(ast.parse(CROSSED), {"psycopg2": "psycopg2"}))
    held = [kinds.kind(body, ast.Name(name)) for name in "abcd"]
    assert held == ["", "", "connection", "connection"]
