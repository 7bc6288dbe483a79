"""SQL texts are parsed with their templates, and tell what they read, write and leave open."""

from __future__ import annotations

import pytest

from airflow_tune.lint.sql import LONGEST, statements, verb
from airflow_tune.lint.statement import HOLE


@pytest.mark.parametrize(
    ("text", "read", "written"),
    [
        ("insert into a.b select * from c join D on c.x = D.x", {"c", "d"}, {"a.b"}),
        ("with q as (select 1 from z) select * from q, r where d = '{{ ds }}'", {"z", "r"}, set()),
        ("delete from t where x in (select y from u)", {"t", "u"}, {"t"}),
        ("create table x as select * from y where d = %(day)s and e = :e and f = ?", {"y"}, {"x"}),
        ("merge into t using s on t.a = s.a when matched then update set b = 1", {"s", "t"}, {"t"}),
        ("truncate table a, b", set(), {"a", "b"}),
        ("alter table s.a alter column b drop not null", set(), {"s.a"}),
        ("select a from {{ params.table }}", {HOLE}, set()),
        ("-- a comment\nupdate a set b = 1", {"a"}, {"a"}),
        ("select a from `p.d.t`", {"p.d.t"}, set()),
        ("select [a] from [b].[c] as x join [d] on x.[e] = [d].[e]", {"b.c", "d"}, set()),
        ("insert into s.t with toDecimal32(5.5, 1) as w select sum(a) * w from u", {"u"}, {"s.t"}),
        ("update x set x.[a] = 1 from [b].[c] as x join [d] on x.[e] = [d].[e]", {"b.c", "d"}, {"b.c"}),
    ],
)
def test_statements_tell_their_tables(text, read, written):
    (one,) = statements(text)
    assert (one.reads, one.writes) == (read, written)


def test_several_statements_stay_apart():
    first, second = statements("drop table if exists q; {% if x %} insert into q values (%s) {% endif %}")
    assert first.writes == second.writes == {"q"}
    assert (first.kind, second.kind) == ("drop", "insert")


@pytest.mark.parametrize(
    "text", ["selec a", "select from where (", "hello", "", "select 1 --" + "x" * LONGEST]
)
def test_what_is_no_sql_is_none(text):
    assert statements(text) is None


@pytest.mark.parametrize(
    ("text", "first"), [("  Select 1", "SELECT"), ("/* a */ (with ", "WITH"), ("selected x", ""), ("", "")]
)
def test_the_verb_of_a_statement(text, first):
    assert verb(text) == first


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("select * from t", "t"),
        ("select t.* from t join u on t.a = u.a", "t"),
        ("with q as (select * from t) select a from q", ""),
        ("with q as (select * from t) select * from q", "t"),
        ("select count(*) from (select * from t) q", ""),
        ("select * from (select * from t) q union all select a from u", "t"),
        ("insert into u select * from t", "t"),
        ("select * from (select a from t) q", ""),
        ("with q as (select a from t) select * from q", ""),
        ("select count(*) from t", ""),
        ("select * except (a) from t", ""),
        ("select * from t limit 1", ""),
        ("select top 10 * from t", ""),
        ("create table u as select * from t", ""),
        ("select a from t where exists (select * from u)", ""),
        ("select * from information_schema.tables", ""),
        ("select * from unnest(x)", ""),
    ],
)
def test_stars_over_real_tables(text, table):
    (one,) = statements(text)
    assert one.star == table


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("select a from t", "t"),
        ("select a from t order by a", "t"),
        ("select a from t where b = 1", ""),
        ("select a from t limit 9", ""),
        ("select a from t join u on t.a = u.a", ""),
        ("select max(a), count(*) from t", ""),
        ("select distinct a from t", ""),
        ("select a, count(*) from t group by a", ""),
        ("select a from t tablesample (10 percent)", ""),
        ("delete from t", ""),
    ],
)
def test_selects_of_whole_tables(text, table):
    (one,) = statements(text)
    assert one.whole == table


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("select a from t where d > now() - interval '1 day'", "NOW"),
        ("select a from t where d = current_date", "CURRENT_DATE"),
        ("select a from t where d > sysdate", "SYSDATE"),
        ("update t set a = now()", ""),
        ("insert into t select a, now() from u where d = '{{ ds }}'", ""),
        ("delete from t where d < current_date - 90", ""),
        ("select a from t where t.now = 1 and now = 2", ""),
    ],
)
def test_clocks_in_conditions(text, clock):
    (one,) = statements(text)
    assert one.clock == clock


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("insert into t values (1)", False),
        ("insert into t select a from s", False),
        ("insert into t values (1) on conflict do nothing", True),
        ("insert into t values (1) on duplicate key update a = 1", True),
        ("insert ignore into t values (1)", True),
        ("insert overwrite table t select a from s", True),
        ("insert into t select a from s where not exists (select 1 from t where t.a = s.a)", True),
    ],
)
def test_inserts_that_say_what_happens_to_old_rows(text, said):
    (one,) = statements(text)
    assert one.upsert is said


@pytest.mark.parametrize(
    ("text", "name"),
    [("select drop_partition('a.b', 1)", "drop_partition"), ("select now()", ""), ("select f(a) from t", "")],
)
def test_selects_of_functions_alone_tell_which_may_do_anything(text, name):
    (one,) = statements(text)
    assert one.calls == name


def test_a_damaged_statement_that_the_parser_takes_is_answered():
    (one,) = statements("DELETE 1e999 orders WHERE day < CURRENT_DATE - 90")
    assert one.kind == "delete"
