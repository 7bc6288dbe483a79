from __future__ import annotations

import sys

import pytest
import yaml

from airflow_tune.documents.model import Problem
from airflow_tune.documents.tree import DEEPEST, MOST_VALUES, read_tree

BOMB = """\
a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
"""
STEPS = "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, DEEPEST + 5))


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def _loader(request, monkeypatch):
    """Run each test over libyaml and over PyYAML's own parser, which stands in where that is missing."""
    if request.param == "SafeLoader":
        monkeypatch.delattr(yaml, "CSafeLoader")


def test_every_value_knows_its_line():
    tree = read_tree("a:\n  - 1\n  - b: x\n\n    c: [2, 3]\n")
    assert tree.data == {"a": [1, {"b": "x", "c": [2, 3]}]}
    assert tree.lines[("a",)] == 1
    assert tree.lines[("a", 0)] == 2
    assert tree.lines[("a", 1, "b")] == 3
    assert tree.lines[("a", 1, "c", 1)] == 5
    assert tree.problems == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("7", 7),
        ("1.5", 1.5),
        ("yes", True),
        ("~", None),
        ("", None),
        ("text", "text"),
        ('"7"', "7"),
        ("2026-01-31", "2026-01-31"),
        ("1:30", "1:30"),
        ("1:30.5", "1:30.5"),
        ("=", "="),
        ("!!str 7", "7"),
    ],
)
def test_scalars_are_plain_data(written, expected):
    assert read_tree(f"a: {written}").data == {"a": expected}


def test_aliases_stand_for_their_anchors():
    tree = read_tree("a: &x {n: 1}\nb: *x\n")
    assert tree.data == {"a": {"n": 1}, "b": {"n": 1}}
    assert tree.lines[("b",)] == 2
    assert tree.lines[("b", "n")] == 1


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "it is empty", None),
        ("# only a comment\n", "it is empty", None),
        ("a: 1\nb: 2\na: 3\n", 'the key "a" stands twice, first in line 1', 3),
        ("a: 1\n2: b\n", "the key 2 is not text: put it in quotes", 2),
        ("on: b\n", "the key on is not text: put it in quotes", 1),
        ("? [1]\n: b\n", "the key made of several values is not text: put it in quotes", 1),
        ("a: &x {n: 1}\nb:\n  <<: *x\n", "merge keys (<<) are not understood here: write the values out", 3),
        ("\na: !!python/name:os.system x", "the tag !!python/name:os.system is not understood here", 2),
        ("a: !mine {}", "the tag !mine is not understood here", 1),
        ("a: !!set {b}", "the tag !!set is not understood here", 1),
        ("a: !!int b", '"b" is no int', 1),
        ("a: !!bool b", '"b" is no bool', 1),
        ("a: !!float ''", '"" is no float', 1),
        ("a: .nan", ".nan is no number that anything here can have", 1),
        ("a: -.inf", "-.inf is no number that anything here can have", 1),
        ("a: 1.0e+400", "1.0e+400 is no number that anything here can have", 1),
        (f"a: {2**64}", f"{2**64} is no number that anything here can have", 1),
    ],
)
def test_what_means_something_else_than_it_seems_is_refused(text, message, line):
    assert read_tree(text).problems == (Problem(message, line),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [", 2),
        ("a: 1\n\tb: 2", 2),
        ("a: *nowhere", 1),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\nb: \x01", 2),
        ("a: b: c", 1),
    ],
    ids=["open", "tab", "no anchor", "two documents", "control character", "two colons"],
)
def test_what_is_no_yaml_is_refused_with_its_line(text, line):
    (problem,) = read_tree(text).problems
    assert problem.message.startswith("it is not readable as YAML: ")
    # The parsers disagree by a line about where an open bracket or a second document shows.
    assert problem.line is not None
    assert line <= problem.line <= line + 1


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, "{a: " * 100_000, "- " * 1000, "a: &x [*x]", f"a0: &a0 [1]\n{STEPS}"],
    ids=["lists", "mappings", "blocks", "endless alias", "alias in alias"],
)
def test_deep_nesting_is_refused(text):
    (problem,) = read_tree(text).problems
    assert f"nested deeper than {DEEPEST} levels" in problem.message


def test_nesting_up_to_the_limit_is_read():
    assert read_tree("[" * DEEPEST + "]" * DEEPEST).problems == ()


def test_aliases_that_multiply_are_refused():
    (problem,) = read_tree(BOMB).problems
    assert problem.message == f"it is not readable as YAML: more than {MOST_VALUES} values, aliases followed"


@pytest.mark.skipif(
    not hasattr(sys, "set_int_max_str_digits"), reason="this Python reads numbers of any length"
)
def test_endless_digits_are_refused():
    (problem, *_) = read_tree("a: " + "9" * 10_000).problems
    assert problem.message == f'"{"9" * 40}" is no int'
