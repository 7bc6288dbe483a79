"""AFT201 beyond its fixture: files beside the DAG, the price, the parallel form, the links it keeps."""

from __future__ import annotations

import json

import pytest

from airflow_tune.dags.project import Project
from airflow_tune.lint.dataflow.chain import Chain, chains_of
from airflow_tune.lint.options import Options
from airflow_tune.lint.rules.shape.serial_chain import RULE
from airflow_tune.linter.reading import subject_of

HEAD = """from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

with DAG("d", template_searchpath=["sql"]):
"""
SQL = "INSERT INTO mart.{0} SELECT * FROM raw.{0}"
TASK = "    {0} = SQLExecuteQueryOperator(task_id='{0}', conn_id='dwh', sql='{1}')\n"


@pytest.fixture
def chains(tmp_path):
    """Find the chains of a DAG made of SQL files."""

    def find(row, **files):
        (tmp_path / "sql").mkdir(exist_ok=True)
        text = HEAD
        for name, sql in files.items():
            (tmp_path / "sql" / f"{name}.sql").write_text(sql, encoding="utf-8")
            text += TASK.format(name, f"{name}.sql")
        path = tmp_path / "a_dag.py"
        path.write_text(f"{text}    {row}\n", encoding="utf-8")
        return list(chains_of(subject_of(path, path.read_bytes(), Project(tmp_path), Options())))

    return find


def test_sql_is_read_from_files_below_the_search_path(chains):
    (found,) = chains(
        "a >> b >> c",
        a="INSERT INTO mart.a SELECT * FROM raw.a",
        b="INSERT INTO mart.b SELECT * FROM raw.b",
        c="INSERT INTO mart.c SELECT * FROM mart.b",
    )
    assert found.free == ((0, 1),)
    assert found.reasons == ("needed: b >> c (table mart.b: written, then read)",)
    assert found.form() == "b >> c; nothing else waits"


def test_a_file_that_is_not_there_leaves_it_unclear(chains):
    assert chains("a >> b", a="INSERT INTO mart.a SELECT 1", b="SELECT broken FROM (") == []


def test_templates_that_are_the_same_for_a_run_tell_tables_apart_and_others_do_not(chains):
    day = "INSERT INTO mart.{}_{{{{ ds_nodash }}}} SELECT * FROM raw.{}"
    assert len(chains("a >> b", a=day.format("a", "a"), b=day.format("b", "b"))) == 1
    other = "INSERT INTO {{{{ params.target }}}} SELECT * FROM raw.{}"
    assert chains("a >> b", a=other.format("a"), b=other.format("b")) == []


def test_a_template_that_pulls_a_result_needs_its_task(chains):
    pulled = "INSERT INTO mart.b SELECT * FROM raw.b WHERE day = '{{ ti.xcom_pull(task_ids=\"a\") }}'"
    assert chains("a >> b", a="INSERT INTO mart.a SELECT * FROM raw.a", b=pulled) == []


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ((), "[a, b, c]"),
        (((0, 2), (1, 2)), "[a, b] >> c"),
        (((0, 1), (0, 2)), "a >> [b, c]"),
        (((1, 2),), "b >> c; nothing else waits"),
    ],
)
def test_the_parallel_form_is_written_as_airflow_writes_it(kept, expected):
    chain = Chain("d", "f", 1, ("a", "b", "c"), kept, ((0, 1),), ("", "", ""), ())
    assert chain.form() == expected


def test_a_path_is_as_long_as_its_heaviest_tasks():
    chain = Chain("d", "f", 1, ("a", "b", "c"), ((0, 2), (1, 2)), ((0, 1),), ("", "", ""), ())
    assert chain.longest([10.0, 50.0, 5.0]) == 55.0


def test_a_comment_above_the_block_gives_a_reason(chains):
    files = {name: SQL.format(name) for name in "ab"}
    assert chains("a >> b", **files)
    assert not chains("# to respect the foreign keys\n    if True:\n        x = a\n        x >> b", **files)


def test_of_a_long_chain_some_links_are_told(found_by):
    names = [f"t{number}" for number in range(9)]
    text = HEAD + "".join(TASK.format(name, SQL.format(name)) for name in names)
    (found,) = found_by(RULE, {"a_dag.py": f"{text}    {' >> '.join(names)}\n"})
    assert "t3 >> t4, and 4 more: no data passes" in found.message
    assert "and 5 more)" in found.message
    assert ", ".join(names) in found.advice


@pytest.mark.parametrize(("work_s", "told"), [(600, ["about 600 s less of each run"]), (20, [])])
def test_a_history_prices_it_and_leaves_out_what_is_not_worth_it(found_by, work_s, told):
    past = {"d": {"count": 5, "run_s": 3 * work_s, "tasks": {"a": [2, work_s], "b": [2, work_s]}}}
    text = f"# history: {json.dumps(past)}\n{HEAD}"
    for name in "ab":
        text += TASK.format(name, SQL.format(name))
    found = found_by(RULE, {"a_dag.py": f"{text}    a >> b\n"})
    assert not found_by(RULE, {"a_dag.py": f"{text}    a >> b\n"}, Options({"AFT201": {"min-seconds": 601}}))
    assert [any(part in one.advice for part in told) for one in found] == [True] * len(told)
    assert [one.evidence[0].value for one in found] == [f"{work_s} s"] * len(told)


def test_a_function_of_the_database_may_do_anything(chains):
    assert chains("a >> b", a="SELECT * FROM raw.a", b="SELECT drop_partition('raw.a', '2026')") == []


def test_the_verb_of_a_task_is_found_behind_a_prefix(chains):
    one = "INSERT INTO mart.a SELECT * FROM raw.a"
    assert chains("t_load >> t_cleanup", t_load=one, t_cleanup="DELETE FROM raw.b") == []


XCOMS = """
def one(ti):
    ti.xcom_push({0}, 1)
    {1}


def other(ti):
    ti.xcom_push({0}, 2)
    {1}


def last(ti):
    print({2})


with DAG("pushes"):
    a = PythonOperator(task_id="a1", python_callable=one)
    b = PythonOperator(task_id="a2", python_callable=other)
    c = {3}
    a >> b >> c
"""
LAST = 'PythonOperator(task_id="c", python_callable=last)'
PRINTS = 'BashOperator(task_id="c", bash_command="echo {{ ti.xcom_pull(key=\'k\') }}")'


@pytest.mark.parametrize(
    ("key", "end", "pull", "task", "count"),
    [
        ('"k"', "pass", 'ti.xcom_pull(key="k")', LAST, 0),
        ('"k"', "pass", 'ti.xcom_pull(None, key="k")', LAST, 0),
        ('"k"', "pass", 'ti.xcom_pull(task_ids=None, key="k")', LAST, 0),
        ('"k"', "pass", "ti.xcom_pull(key=name_of(ti))", LAST, 0),
        ("name_of(ti)", "pass", 'ti.xcom_pull(key="k")', LAST, 0),
        ('"k"', "pass", "0", PRINTS, 0),
        ('"k"', "return 1", "ti.xcom_pull()", LAST, 0),
        ('"k"', "pass", "ti.xcom_pull()", LAST, 1),
        ('"k"', "pass", 'ti.xcom_pull(key="other")', LAST, 1),
        ('"k"', "pass", 'ti.xcom_pull("a1", key="k")', LAST, 1),
        ('"k"', "pass", 'ti.xcom_pull(key="k", task_ids="a1")', LAST, 1),
        ('"k"', "return 1", 'ti.xcom_pull(key="k", task_ids=["a1", "a2"])', LAST, 1),
    ],
)
def test_the_order_of_pushes_counts_where_the_latest_is_pulled(found_by, key, end, pull, task, count):
    text = HEAD.replace('with DAG("d", template_searchpath=["sql"]):\n', "")
    assert len(found_by(RULE, {"a_dag.py": text + XCOMS.format(key, end, pull, task)})) == count


def test_two_readers_of_a_table_are_told_as_that(chains):
    read = "INSERT INTO mart.{} SELECT * FROM {}both"
    (found,) = chains("a >> b", a=read.format("a", "raw."), b=read.format("b", "raw."))
    assert found.shared == ("table raw.both",)
    (found,) = chains("a >> b", a=read.format("a", ""), b=read.format("b", "raw."))
    assert found.shared == ("table both",)
    (found,) = chains("a >> b", a=read.format("a", "one."), b=read.format("b", "raw."))
    assert found.shared == ()


def test_the_message_says_what_is_shared(found_by):
    text = HEAD + "".join(TASK.format(name, "SELECT id FROM raw.both LIMIT 5") for name in "ab")
    (found,) = found_by(RULE, {"a_dag.py": f"{text}    a >> b\n"})
    assert "no data passes and they only read what they share, table raw.both (a reads" in found.message


TASKFLOW = """import requests
from airflow.decorators import dag, task


@dag
def flow():
    @task
    def left(day="1"):
        requests.get("https://left.example.com/items")

    @task
    def right():
        requests.get("https://right.example.com/items")

    @task
    def both(a=None, b=None):
        requests.get("https://left.example.com/items")

    {}


flow()
"""


@pytest.mark.parametrize(
    ("row", "advice"),
    [
        ("left() >> right()", "write [left(), right()]"),
        ("left('2026') >> right()", "write [left('2026'), right()]"),
        ("left.override(pool='p')() >> right()", "write [left.override(pool='p')(), right()]"),
        (
            "left(day='2026-01-01' + '2026-01-02' + '2026-01-03' + '2026') >> right()",
            "write [left(...), right()]",
        ),
        ("first = left()\n    second = right()\n    first >> second", "write [first, second]"),
        ("first, second = left(), right()\n    first >> second", "write [first, second]"),
        ("first = left() >> right()", "write [left(), right()]"),
        ("left.override(task_id='other')() >> right()", "write [other, right()]"),
    ],
)
def test_a_function_of_taskflow_is_written_as_its_call(found_by, row, advice):
    (found,) = found_by(RULE, {"a_dag.py": TASKFLOW.format(row)})
    assert found.advice.startswith(f"{advice}. If")


def test_a_call_that_stands_twice_is_made_once():
    kept = ((0, 1), (0, 2))
    chain = Chain("d", "f", 1, tuple("abcd"), kept, ((2, 3),), ("",) * 4, (), (), ("a()", "b", "c", "d"))
    assert chain.form() == "a() >> b; a() >> c; nothing else waits, and each call is made once"
