"""Functions that an import can move into."""

from __future__ import annotations

import ast

from airflow_tune.lint.localimport import outermost

SOURCE = """
def a():
    def b():
        def c(): ...
    def d(): ...
def e(): ...
class F:
    def g(self):
        def h(): ...
"""


def test_functions_inside_others_of_them_are_left_out():
    every = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.FunctionDef)]
    assert [one.name for one in outermost(every)] == ["a", "e", "g"]
    assert [one.name for one in outermost([one for one in every if one.name in "bcdh"])] == ["b", "d", "h"]
