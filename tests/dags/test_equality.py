"""Objects of the project are compared as Python itself compares them."""

from __future__ import annotations

import pytest

CLASSES = """
from dataclasses import dataclass
from enum import Enum, IntEnum

class Cloud(Enum):
    AWS = "aws"
    GCP = "gcp"

class Level(str, Enum):
    LOW = "low"

class Number(IntEnum):
    ONE = 1

@dataclass
class Point:
    x: int
    y: object = None

class Named:
    def __init__(self, name):
        self.name = name
    def __eq__(self, other):
        return isinstance(other, Named) and self.name == other.name

class Other(Named):
    pass

class Plain:
    pass

plain = Plain()
"""
EXPRESSIONS = (
    "Cloud.AWS == Cloud.AWS", "Cloud.AWS == Cloud.GCP", "Cloud.AWS != Cloud.GCP", "Cloud.AWS == 'aws'",
    "Cloud('aws') == Cloud.AWS", "Cloud.AWS == None", "Cloud.AWS in (Cloud.GCP, Cloud.AWS)",
    "Cloud.AWS in [Cloud.GCP]", "Cloud.AWS not in [Cloud.GCP]", "Level.LOW == 'low'", "'low' == Level.LOW",
    "Level.LOW != 'high'", "Number.ONE == 1", "Number.ONE == 2", "Level.LOW in ['a', 'low']",
    "Point(1) == Point(1)", "Point(1) == Point(2)", "Point(1, Point(2)) == Point(1, Point(2))",
    "Point(1) == (1, None)", "Point(1) == plain", "Named('a') == Named('a')", "Named('a') == Named('b')",
    "Named('a') != Named('b')", "Named('a') == Other('a')", "Named('a') in [plain, Named('a')]",
    "Named('a') == 3", "plain == plain", "plain == Plain()", "plain != Plain()", "plain == 1",
    "None == plain", "Named('a') in []",
)  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_as_python_does(graph, expression):
    names: dict[str, object] = {"__name__": "cases"}
    # Our own text above, which Python itself judges here.
    exec(compile(CLASSES, "cases", "exec", dont_inherit=True), names)  # noqa: S102
    expected = eval(expression, names)  # noqa: S307 - the same
    found = graph(f"{CLASSES}\nvalue = {expression}\ndag = DAG(f'd_{{value}}')\n")
    assert found.dag_id == f"d_{expected}"
    assert found.complete


@pytest.mark.parametrize(
    "text",
    [
        "from elsewhere import Base\nclass A(Base):\n    pass\nx = A() == A()",
        "from elsewhere import wrap\n@wrap\nclass A:\n    pass\nx = A() == A()",
        "from elsewhere import make\nclass A:\n    __eq__ = make()\nx = A() == A()",
    ],
)
def test_code_that_was_not_read_may_say_otherwise(read, text):
    (dag,) = read(
        f"{text}\ndag = DAG('a')\nif x:\n    BashOperator(task_id='b', bash_command='', dag=dag)\n"
    ).dags
    assert not dag.complete
