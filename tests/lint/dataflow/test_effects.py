from __future__ import annotations

import pytest

from airflow_tune.lint.dataflow.effects import Effects, Resource, conflict, same
from airflow_tune.lint.dataflow.naming import address, named, stored
from airflow_tune.lint.dataflow.query import of_sql
from airflow_tune.lint.dataflow.shell import of_command
from airflow_tune.lint.statement import HOLE


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        ("path", "/data/a", "/data/a", True),
        ("path", "/data", "/data/a/b.csv", True),
        ("path", "/data/a", "/data/ab", None),
        ("object", "lake/a", "lake/b", None),
        ("object", f"lake/{HOLE}", "lake/b", False),
        ("object", f"lake/{HOLE}", "other/b", None),
        ("table", "mart.a", "mart.a", True),
        ("table", "a", "mart.a", False),
        ("table", "a", "mart.aa", None),
        ("table", HOLE, HOLE, False),
        ("service", "api.x.com/a", "api.x.com/b", False),
        ("service", "api.x.com/a", "api.y.com/a", None),
        ("service", f"{HOLE}/a", "api.y.com/a", False),
        ("variable", "cursor", "cursor", True),
        ("variable", "cursor", "other", None),
    ],
)
def test_names_mean_the_same_may_do_so_or_do_not(kind, one, other, expected):
    assert same(Resource(kind, one), Resource(kind, other)) is expected
    assert same(Resource(kind, other), Resource(kind, one)) is expected


def test_two_that_only_read_are_in_nobodys_way():
    assert conflict(of_sql("SELECT a FROM t"), of_sql("SELECT b FROM t")) == ("", False)


def test_a_sure_reason_goes_before_one_that_may_be():
    first, second = Effects(), Effects()
    first.write("object", f"lake/{HOLE}")
    first.write("table", "t")
    second.read("object", "lake/a")
    second.read("table", "t")
    assert conflict(first, second) == ("table t: written, then read", True)


@pytest.mark.parametrize(
    ("command", "reads", "writes", "unknown"),
    [
        ("echo a && sleep 5; date", [], [], ""),
        ("cat /a/x > /b/y", ["path /a/x"], ["path /b/y"], ""),
        ("cp /a/x /b/y", ["path /a/x"], ["path /b/y"], ""),
        ("mv /a/x /b/y", [], ["path /a/x", "path /b/y"], ""),
        ("aws s3 cp /a/x s3://lake/x", ["path /a/x"], ["object lake/x"], ""),
        ("gsutil cp gs://lake/x /a/x", ["object lake/x"], ["path /a/x"], ""),
        ("curl -s https://api.x.com/a?b=c -o /a/x", ["service api.x.com/a"], ["path /a/x"], ""),
        ("curl -X POST https://api.x.com/a", [], ["service api.x.com/a"], ""),
        ("psql -c 'INSERT INTO t SELECT * FROM s'", ["table s"], ["table t"], ""),
        ("airflow variables set cursor 7", [], ["variable cursor"], ""),
        ("airflow connections add shop --conn-uri x", [], ["connection shop"], ""),
        ("cd /srv && touch built", [], ["path /srv/built"], ""),
        ("touch built", [], [], ""),
        ("python /opt/a.py", [], [], "what python does"),
        ("dbt run", [], [], "what dbt does"),
        ("curl $URL", [], [], "an address that is not known"),
        ("echo 'open", [], [], "a command that is not plain"),
        ("psql -f x.sql", [], [], "what SQL it runs"),
    ],
)
def test_commands_say_what_they_touch_or_that_nobody_knows(command, reads, writes, unknown):
    found = of_command(command)
    assert [str(one) for one in sorted(found.reads)] == reads
    assert [str(one) for one in sorted(found.writes)] == writes
    assert found.unknown == unknown


@pytest.mark.parametrize(
    ("sql", "reads", "writes", "unknown"),
    [
        ("COPY t TO '/tmp/t.csv' CSV", ["table t"], ["path /tmp/t.csv"], ""),
        ("COPY t FROM 's3://lake/t.csv' CSV", ["object lake/t.csv"], ["table t"], ""),
        ("neither SQL", [], [], "SQL that could not be read"),
        ("CREATE DATABASE IF NOT EXISTS raw", [], [], "what command does"),
        ("DROP SCHEMA s CASCADE", [], [], "what command does"),
        ("SELECT '{{ var.value.day }}' FROM t", ["table t", "variable day"], [], ""),
    ],
)
def test_sql_says_so_too(sql, reads, writes, unknown):
    found = of_sql(sql)
    assert set(reads) <= {str(one) for one in found.reads}
    assert set(writes) <= {str(one) for one in found.writes}
    assert found.unknown == unknown


def test_addresses_have_one_form():
    assert address("s3a://lake/a/") == ("object", "lake/a")
    assert address("file:///a/../b") == ("path", "/b")
    assert address("https://x.com/a?b=1") == ("service", "x.com/a")
    assert stored("lake", "/a/b") == stored(None, "s3://lake/a/b") == "lake/a/b"
    assert named("a/{{ ds }}/{{ params.x }}") == f"a/ds/{HOLE}"
