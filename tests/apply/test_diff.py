from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.apply.diff import unified_diff
from airflow_tune.settings.catalog import catalog_of
from airflow_tune.versions import AirflowVersion

PATH = Path("airflow.cfg")
HEAD = "--- airflow.cfg\n+++ airflow.cfg (new)\n"


def diff(before, after):
    return unified_diff(before, after, PATH)


def test_only_what_is_around_a_change_is_shown():
    before = b"".join(b"%d\n" % number for number in range(1, 21))
    after = before.replace(b"10\n", b"ten\nmore\n").replace(b"20\n", b"")
    assert diff(before, after) == (
        HEAD
        + "@@ -7,7 +7,8 @@\n 7\n 8\n 9\n-10\n+ten\n+more\n 11\n 12\n 13\n"
        + "@@ -17,4 +18,3 @@\n 17\n 18\n 19\n-20\n"
    )


def test_no_difference_is_nothing():
    assert diff(b"a\n", b"a\n") == ""


def test_an_empty_side_counts_from_zero():
    assert diff(b"", b"a\n") == HEAD + "@@ -0,0 +1,1 @@\n+a\n"
    assert diff(b"a\n", b"") == HEAD + "@@ -1,1 +0,0 @@\n-a\n"


def test_the_files_usual_line_end_is_not_shown_and_others_are():
    assert diff(b"a\r\nb\r\n", b"a\r\nc\r\n") == HEAD + "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    assert diff(b"a\r\nb\r\n", b"a\nb\r").endswith("-a\n-b\n+a␊\n+b␍\n")
    assert diff(b"a\n", b"a\r\n").endswith("-a\n+a␍␊\n")


def test_a_missing_final_line_end_is_told():
    assert diff(b"a", b"a\n").endswith("-a\n\\ No newline at end of file\n+a\n")


def test_bytes_that_are_no_text_and_terminal_controls_are_escaped():
    shown = diff(b"a = \xff\x1b[31m\n", "a\t= \u202e\u00e9\n".encode())
    assert "-a = \\xff\\x1b[31m\n" in shown
    assert "+a\t= \\u202eé\n" in shown


@pytest.mark.parametrize(
    "line",
    [
        "fernet_key = hunter2",
        "  fernet_key: hunter2",
        "# fernet_key = hunter2",
        ";#sql_alchemy_conn = postgresql://me:hunter2@db/airflow",
        "sql_alchemy_conn = postgresql://me:hunter2@db/airflow",
        "other = amqp://me:hunter2@host",
        "backend_kwargs = {hunter2}",
        'extra_celery_config = {"password": "hunter2"}',
    ],
)
def test_secrets_are_masked_wherever_they_stand(line):
    old = f"[core]\n{line}\n\nparallelism = 32\n".encode()
    shown = diff(old, old.replace(b"32", b"16").replace(b"hunter2", b"hunter2new"))
    assert "hunter2" not in shown
    assert "***" in shown
    assert "+parallelism = 16\n" in shown


def test_a_secret_over_several_lines_is_masked_to_its_end():
    old = b"  backend_kwargs =\n    {hunter2\n\n  # mine\n    hunter2}\n  parallelism = 32\n"
    shown = diff(old, old.replace(b"32", b"16"))
    assert shown.endswith("   # mine\n ***\n-  parallelism = 32\n+  parallelism = 16\n")
    assert "hunter2" not in diff(old, b"")


def test_a_changed_secret_is_seen_to_change_and_nothing_more():
    shown = diff(b"fernet_key = a\n", b"fernet_key = b\n")
    assert shown.endswith("-fernet_key = ***\n+fernet_key = ***\n")


def test_an_empty_secret_is_none():
    assert "-fernet_key =\n" in diff(b"fernet_key =\n", b"")


@pytest.mark.parametrize("version", ["2.7", "2.11", "3.0", "3.3"])
def test_all_that_airflow_calls_sensitive_is_masked(version):
    for _, option in catalog_of(AirflowVersion(version)).sensitive:
        assert "hunter2" not in diff(b"", f"{option} = hunter2\n".encode()), option


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_give_lines_fit_for_any_terminal(before, after):
    shown = diff(before, after)
    assert bool(shown) == (before != after)
    assert all(char.isprintable() or char in "\n\t" for char in shown)
    shown.encode()
