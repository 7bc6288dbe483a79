from __future__ import annotations

import pytest

from airflow_tune.apply.change import Change
from airflow_tune.apply.document import CfgDocument
from airflow_tune.errors import ApplyError


def edited(data, *changes):
    return CfgDocument.parse(data, "airflow.cfg").edited(
        [Change(section, option, value, "why") for section, option, value in changes]
    )


def refusal(data, *changes):
    with pytest.raises(ApplyError) as refused:
        edited(data, *changes)
    return str(refused.value)


PARALLELISM = ("core", "parallelism", "16")
WAS_32 = b"# airflow-tune: was 32: why"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"[core]\nparallelism=32\n", b"[core]\n%s\nparallelism=16\n"),
        (b"[core]\nparallelism\t :  32 \t\n", b"[core]\n%s\nparallelism\t :  16 \t\n"),
        (b"[core]\r\nparallelism = 32\r\nx=1", b"[core]\r\n%s\r\nparallelism = 16\r\nx=1"),
        (b"[core]\rparallelism = 32\rx=1\r", b"[core]\r%s\rparallelism = 16\rx=1\r"),
        (b"[core]\n  parallelism = 32\n  x = 1\n", b"[core]\n  %s\n  parallelism = 16\n  x = 1\n"),
        (b"[core]\nparallelism = 32", b"[core]\n%s\nparallelism = 16"),
        (
            "[core]\n\u00a0parallelism\u00a0=\u00a032\n".encode(),
            "[core]\n\u00a0%s\n\u00a0parallelism\u00a0=\u00a016\n".encode(),
        ),
        (b"[core]\nPARALLELISM = 7\nparallelism = 32\n", b"[core]\nPARALLELISM = 7\n%s\nparallelism = 16\n"),
    ],
)
def test_only_the_value_changes(before, after):
    assert edited(before, PARALLELISM) == after % WAS_32


def test_what_only_looks_like_the_option_is_left_alone():
    before = b"[CORE]\nparallelism = 1\n[core]\nPARALLELISM = 7\n[x]\nparallelism = 2\n"
    added = b"# airflow-tune: was unset: why\nparallelism = 16\n"
    assert edited(before, PARALLELISM) == before.replace(b"= 7\n", b"= 7\n" + added)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a =\n", b"a = 16\n"),
        (b"a = \n", b"a = 16\n"),
        (b"a=\n", b"a=16\n"),
        (b"a:\n", b"a:16\n"),
        (b"a=", b"a=16"),
    ],
)
def test_an_empty_value_is_filled(before, after):
    comment = b'[core]\n# airflow-tune: was "": why\n'
    assert edited(b"[core]\n" + before, ("core", "a", "16")) == comment + after


def test_a_value_over_several_lines_is_replaced_whole_and_its_comments_stay():
    before = b"[core]\na = 1\n\n  # why 2\n  2\n\n  3\n\n\nb = 2\n"
    after = b"[core]\n  # why 2\n# airflow-tune: was 1 2 3: why\na = x\n\n\nb = 2\n"
    assert edited(before, ("core", "a", "x")) == after


def test_a_lone_cr_at_the_end_of_a_value_does_not_swallow_the_next_line():
    assert edited(b"[core]\na = 1\r 2\n\nb = 2\n", ("core", "a", "x")).endswith(b"\ra = x\n\nb = 2\n")


def test_new_options_go_to_their_section_and_new_sections_to_the_end():
    before = b"[core]\na = 1\n\n[x]\nb = 2"
    after = (
        b"[core]\na = 1\n# airflow-tune: was unset: why\nc = 3\n\n[x]\nb = 2\n\n"
        b"[y]\n# airflow-tune: was unset: why\nd = 4\n# airflow-tune: was unset: why\ne = 5\n\n"
        b"[z]\n# airflow-tune: was unset: why\nf = 6"
    )
    changes = [("core", "c", "3"), ("y", "d", "4"), ("y", "e", "5"), ("z", "f", "6")]
    assert edited(before, *changes) == after


def test_a_new_option_says_what_was_effective_without_it():
    document = CfgDocument.parse(b"", "airflow.cfg")
    expected = b"[core]\n# airflow-tune: was 32: why\nparallelism = 16\n"
    assert document.edited([Change(*PARALLELISM, "why", was="32")]) == expected


def test_a_default_section_keeps_its_value():
    before = b"[DEFAULT]\nparallelism = 4\n[core]\na = 1\n[DEFAULT]\nb = 1\n"
    added = b"# airflow-tune: was 4: why\nparallelism = 16\n"
    assert edited(before, PARALLELISM) == before.replace(b"a = 1\n", b"a = 1\n" + added)


def test_a_section_that_would_let_defaults_in_is_not_added():
    assert "core.x would change as well" in refusal(b"[DEFAULT]\nx = 1\n", PARALLELISM)


def test_the_comment_is_replaced_and_keeps_the_first_value():
    first = edited(b"[core]\nparallelism = 32\n", PARALLELISM)
    second = edited(first, ("core", "parallelism", "24"))
    assert second == b"[core]\n" + WAS_32 + b"\nparallelism = 24\n"
    third = edited(second, ("core", "parallelism", "32"))
    assert third == b"[core]\n# airflow-tune: was 24: why\nparallelism = 32\n"


def test_the_same_change_again_changes_nothing():
    data = edited(b"[core]\nparallelism = 32\n", PARALLELISM, ("core", "a", "5%"))
    again = CfgDocument.parse(data, "airflow.cfg")
    assert again.edited([Change(*PARALLELISM, "another reason"), Change("core", "a", "5%", "r")]) == data


def test_no_changes_are_no_change():
    assert edited(b"[core]\n") == b"[core]\n"


def test_a_change_that_another_value_depends_on_is_refused():
    message = refusal(b"[core]\nparallelism = 32\nx = %(parallelism)s\n", PARALLELISM)
    assert "airflow.cfg: the changes cannot be made safely: core.x would change as well" in message


def test_an_interpolated_value_is_replaced_by_a_plain_one():
    before = b"[core]\nn = 4\nparallelism = %(n)s\n"
    assert edited(before, PARALLELISM).endswith(b"# airflow-tune: was 4: why\nparallelism = 16\n")
    assert edited(before, ("core", "parallelism", "4")) == before


def test_an_option_changed_twice_is_refused():
    message = refusal(b"[core]\n", PARALLELISM, ("core", "parallelism", "8"))
    assert "core.parallelism would be changed twice" in message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[core]\na = 1\na = 2\n", ":3:"),
        (b"[core]\na = 1\n[core]\n", ":3:"),
        (b"a = 1\n", ":1:"),
        (b"\xef\xbb\xbf[core]\na = 1\n", ":1:"),
        (b"[core]\n\na\n", ":3:"),
        (b"[core]\na = \xff\n", ":2:"),
        (b"[core]\n\na = 50%\n", ":3:"),
        (b"[core]\na = %(b)s\n", ":2:"),
        (b"[core]\na = %(a)s\n", ":2:"),
        (b"[DEFAULT]\na = %\n[core]\n", ":2:"),
    ],
)
def test_what_airflow_cannot_read_is_refused_with_its_line(data, said):
    message = refusal(data, PARALLELISM)
    assert message.startswith(f"airflow.cfg{said}")
    assert "Airflow" in message
    assert "→" in message


def test_a_section_added_below_mixed_line_ends_swallows_none():
    assert edited(b"[core]\na = 1\r", ("x", "b", "2")).startswith(b"[core]\na = 1\r\r[x]\r")
    assert edited(b"[core]\r\na = 1", ("x", "b", "2")).startswith(b"[core]\r\na = 1\r\n\r\n[x]\r\n")
