"""Edits: bottom-up, all or none of a fix, never two to one place, and never to what is no Python then."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.lint.edit import Edit, Fix, apply_fixes, parses


def fix(*edits):
    return Fix(tuple(Edit(*each) for each in edits))


def test_edits_are_applied_from_the_bottom_up():
    done = apply_fixes("a = 1\nb = 2\n", [fix((1, 4, 1, 5, "10\n")), fix((2, 4, 2, 5, "20"))])
    assert done.text == "a = 10\n\nb = 20\n"
    assert len(done.fixes) == 2


def test_columns_are_bytes_and_line_ends_are_the_files_own():
    text = "x = 'ä'; y = 1\r\nz = 2\r\n"
    node = ast.parse(text).body[1].value
    done = apply_fixes(
        text, [fix((node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, "(\n3)"))]
    )
    assert done.text == "x = 'ä'; y = (\r\n3)\r\nz = 2\r\n"


def test_what_overlaps_waits_and_a_fix_is_whole_or_not():
    first, both = fix((1, 0, 1, 1, "b")), fix((1, 0, 1, 5, "c"), (2, 0, 2, 1, "d"))
    done = apply_fixes("a = 1\na\n", [first, both])
    assert done.text == "b = 1\na\n"
    assert done.fixes == (first,)


def test_two_fixes_share_an_import():
    text, new = "import x\na(1)\na(2)\n", (2, 0, 2, 0, "from y import z\n")
    done = apply_fixes(text, [fix(new, (2, 2, 2, 3, "z")), fix(new, (3, 2, 3, 3, "z"))])
    assert done.text == "import x\nfrom y import z\na(z)\na(z)\n"


def test_insertions_at_one_place_take_turns():
    done = apply_fixes("f(1)\n", [fix((1, 3, 1, 3, ", a=1")), fix((1, 3, 1, 3, ", b=1"))])
    assert done.text == "f(1, a=1)\n"


def test_a_fix_that_breaks_the_syntax_is_left_out():
    done = apply_fixes("a = 1\nb = 2\n", [fix((1, 4, 1, 5, ")")), fix((2, 4, 2, 5, "3"))])
    assert done.text == "a = 1\nb = 3\n"
    assert done.fixes == (fix((2, 4, 2, 5, "3")),)


def test_a_last_line_without_end_can_be_deleted_and_added_to():
    assert apply_fixes("a\nb", [fix((2, 0, 3, 0, ""))]).text == "a\n"
    assert apply_fixes("import a", [fix((2, 0, 2, 0, "import b\n"))]).text == "import a\nimport b\n"


@given(
    st.lists(st.sampled_from(["a = 1", "  # c", "", "é = '𝒳'", "f(x, y)", "if"]), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["", "b = 2\n", ")\n", "c\nd\n"])), max_size=4),
)
def test_whole_lines_are_replaced_and_no_other_byte_moves(lines, end, changes):
    text = "".join(line + end for line in lines)
    fixes = [fix((number + 1, 0, number + 2, 0, new)) for number, new in changes if number < len(lines)]
    done = apply_fixes(text, fixes)
    shown = [line + end for line in lines]
    for one in done.fixes:
        shown[one.edits[0].line - 1] = one.edits[0].text.replace("\n", end)
    assert done.text == "".join(shown)
    assert parses(done.text) or not parses(text)
    assert len({one.edits[0].line for one in done.fixes}) == len(set(done.fixes))
