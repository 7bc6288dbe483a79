"""The pieces of fixes, on sources as people write them."""

from __future__ import annotations

import ast

import pytest

from airflow_tune.lint.edit import Fix, apply_fixes
from airflow_tune.lint.editing import drop_statement, named, set_keyword, source_of


def calls(found):
    return [node for node in ast.walk(found.tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f()", "f(retries=2)"),
        ("f(1)", "f(1, retries=2)"),
        ("f(a=1,)", "f(a=1, retries=2,)"),
        ("f(retries=0, b='ä')", "f(retries=2, b='ä')"),
        ("f(\n    a=1,  \n    b='ä'\n)", "f(\n    a=1,  \n    b='ä',\n    retries=2\n)"),
        ("f(\n    a=1,\n)", "f(\n    a=1,\n    retries=2,\n)"),
        ("f(\n    a=1, b=2)", "f(\n    a=1, b=2, retries=2)"),
        ("f(\n    a=[\n        1,\n    ],\n)", "f(\n    a=[\n        1,\n    ],\n    retries=2,\n)"),
        ("f(*args)", "f(*args, retries=2)"),
        ("f(**more)", None),
        ("f(x for x in y)", None),
        ("f(\n    a=1,  # why\n)", None),
        ("f(a=(1))", None),
    ],
)
def test_a_keyword_is_set_and_the_format_kept(subject, text, expected):
    found = subject(text + "\n")
    edit = set_keyword(found, calls(found)[0], "retries", "2")
    if expected is None:
        assert edit is None
    else:
        assert apply_fixes(found.text, [Fix((edit,))]).text == expected + "\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\nc\n", "a\nc\n"),
        ("a\nb(\n1)\nc\n", "a\nc\n"),
        ("a\nb  # why\nc\n", None),
        ("a\nb; d\nc\n", None),
    ],
)
def test_a_statement_goes_with_its_lines(subject, text, expected):
    found = subject(text)
    edit = drop_statement(found, found.tree.body[1], found.tree.body)
    if expected is None:
        assert edit is None
    else:
        assert apply_fixes(text, [Fix((edit,))]).text == expected


def test_the_only_statement_of_a_block_becomes_pass(subject):
    found = subject("if a:\n    b\n")
    body = found.tree.body[0].body
    assert apply_fixes(found.text, [Fix((drop_statement(found, body[0], body),))]).text == "if a:\n    pass\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import datetime\n", "datetime.timedelta"),
        ("import datetime as dt\n", "dt.timedelta"),
        ("from datetime import timedelta as td\n", "td"),
        ("'''Doc.'''\nimport os\nx = 1\n", "timedelta"),
        ("import os\ntimedelta = 1\n", None),
        ("from pendulum import timedelta\n", None),
        ("x = 1\n", None),
    ],
)
def test_names_are_written_as_the_file_knows_them(subject, text, expected):
    found = named(subject(text), "datetime.timedelta")
    assert (found and found[0]) == expected


def test_a_missing_import_is_added_behind_the_others(subject):
    found = subject("'''Doc.'''\nimport os\nimport sys; x = 1\n")
    _, edits = named(found, "datetime.timedelta")
    done = apply_fixes(found.text, [Fix(edits)])
    assert done.text == found.text + "from datetime import timedelta\n"


def test_source_is_taken_over_lines_and_wide_characters(subject):
    found = subject("x = 'ä'; y = f('ö',\n  'ü') + 1\n")
    assert source_of(found, calls(found)[0]) == "f('ö',\n  'ü')"
