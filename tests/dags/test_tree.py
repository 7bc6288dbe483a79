"""Walks find every node that `ast` finds, and nothing else."""

import ast

import pytest

from airflow_tune.dags.tree import children, nodes

LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
SOURCES = {
    "singletons": "match x:\n    case True:\n        a()\n    case False | None:\n        b()",
    "patterns": "match x:\n  case {1: [1, *rest], **others} if rest: pass\n  case P(1, y=2) as z: pass",
    "imports": "import a as b\nfrom . import c\ndef f():\n    global g\n    nonlocal_ = g",
    "calls": "f(*a, k=1, **b)[1:2] if not c < d else lambda e=1, *, g=None: (yield e)",
    "texts": "f'{a!r:>{width}}' + 'b' % c",
    "blocks": "try:\n with a as b: pass\nexcept E as e: raise X from e\nelse: del b\nfinally:\n  x: int = 1",
    "comprehensions": "{k: v for k, v in a if v for w in k}",
}


def kept(found):
    """Return the nodes without those that walks leave out."""
    return {node for node in found if not isinstance(node, LEFT_OUT)}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_walks_find_the_nodes_of_ast(source):
    tree = ast.parse(source)
    assert kept(nodes(tree)) == kept(ast.walk(tree))


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_children_are_nodes(source):
    for node in ast.walk(ast.parse(source)):
        assert all(isinstance(one, ast.AST) for one in children(node))
