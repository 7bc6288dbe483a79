from __future__ import annotations

import pytest

from airflow_tune.apply.layout import read_layout
from airflow_tune.apply.place import Place, place_for


def place(text, section="core", option="new"):
    return place_for(read_layout(text.encode(), "airflow.cfg"), section, option)


def test_it_goes_after_the_last_option_of_its_section():
    assert place("[core]\na = 1\nb = 2\n  more\n\n# about x\n[x]\nc = 3\n") == Place(4, "")


def test_it_goes_after_its_commented_default():
    assert place("[core]\n# new = 1\n\na = 1\n") == Place(2, "")
    assert place("[core]\na = 1\n;new: 1\n\nb = 1\n") == Place(3, "")


def test_a_commented_default_of_another_section_is_not_its_own():
    assert place("[core]\na = 1\n[x]\n# new = 1\n") == Place(2, "")
    assert place("[x]\n# new = 1\n[core]\n") == Place(3, "")


def test_the_rest_of_a_commented_default_is_not_split_off():
    assert place("[core]\n# new = {\n# }\n\na = 1\n").line == 3
    assert place("[core]\n# new = {\n# }").line == 3


def test_a_comment_that_belongs_to_the_next_option_stays_with_it():
    assert place("[core]\n# new = 1\n# about a\na = 1\n").line == 2
    assert place("[core]\n# new = 1\n# b = 2\n\n").line == 2


def test_a_commented_default_within_a_value_is_no_place_inside_it():
    assert place("[core]\na =\n  1\n  # new = 1\n  2\nb = 1\n").line == 5


def test_an_empty_section_takes_it_after_its_header():
    assert place("[core]\n\n[x]\na = 1\n") == Place(1, "")


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        ("[core]\n  a = 1\n", "  "),
        ("[core]\n# new = 1\n\n\ta = 1\n", "\t"),
        ("[core]\n    a = 1\n# new = 1\n\n  b = 1\n", "    "),
        (" [core]\n", " "),
        ("[core]\n# new = 1\n\n  [x]\n", "  "),
    ],
)
def test_the_indent_lets_the_neighbours_be(text, indent):
    assert place(text).indent == indent
