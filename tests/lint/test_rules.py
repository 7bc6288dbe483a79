"""Every rule fires where its fixture expects it and nowhere else, is explained, and is listed once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflow_tune.findings import Severity
from airflow_tune.lint.check import check
from airflow_tune.lint.options import Options
from airflow_tune.lint.rules import PROJECT_RULES, RULES

FIXTURES = Path(__file__).parent.parent / "fixtures" / "lint"
EXPECT = re.compile(r"# expect: (AFT\d+)")
ALL = (*RULES, *PROJECT_RULES)


def fixture(code):
    """Return the sources of a rule's fixture: one file, or a folder where it takes several."""
    folder = FIXTURES / code
    files = sorted(folder.glob("*.py")) if folder.is_dir() else [FIXTURES / f"{code}.py"]
    return {file.name: file.read_text(encoding="utf-8") for file in files}


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)
def test_rules_fire_where_expected_and_only_there(rule, found_by):
    sources = fixture(rule.code)
    lines = [
        (name, number, line)
        for name, text in sources.items()
        for number, line in enumerate(text.splitlines(), 1)
    ]
    expected = [(name, number) for name, number, line in lines if rule.code in EXPECT.findall(line)]
    found = found_by(rule, sources)
    assert [(Path(one.origin.where).name, one.origin.line) for one in found] == expected
    assert expected
    assert len(lines) > 2 * len(expected)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)
def test_rules_are_explained(rule):
    texts = rule.explanation
    assert all((texts.what, texts.why, texts.example, texts.instead, texts.fix, texts.sources))
    assert re.fullmatch(r"AFT\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)


@pytest.mark.parametrize(
    ("rule", "option"),
    [
        (rule, name)
        for rule in ALL
        for name, value in rule.options.items()
        if isinstance(value, (int, float)) and rule.code not in {"AFT201", "AFT806"}  # theirs take a history
    ],
    ids=lambda part: getattr(part, "code", part),
)
def test_thresholds_of_rules_decide(rule, option, found_by):
    sources = fixture(rule.code)

    def found(value):
        options = Options({rule.code: {option: value}})
        return {(one.origin.where, one.origin.line) for one in found_by(rule, sources, options)}

    assert found(0) != found(10**9)
    assert {one.origin.line for one in found_by(rule, sources)} == {
        line for _, line in found(rule.options[option])
    }


def test_rules_are_listed_once_in_order_and_each_has_its_file():
    for rules in (RULES, PROJECT_RULES):
        codes = [rule.code for rule in rules]
        assert codes == sorted(set(codes))
    codes = sorted(rule.code for rule in ALL)
    assert len({rule.name for rule in ALL}) == len(codes) == len(set(codes))
    files = list(Path(check.__code__.co_filename).parent.joinpath("rules").rglob("[!_]*.py"))
    assert len(files) == len(codes)
    assert sorted(path.stem for path in FIXTURES.iterdir()) == codes


def test_the_tasks_on_a_connection_are_no_more_than_a_run_starts_at_a_time(found_by):
    rule = next(one for one in ALL if one.code == "AFT401")
    first = found_by(rule, fixture("AFT401"))[0]
    assert first.message.startswith("12 or more tasks of 2 DAGs can use")
    head = (
        "from airflow import DAG\n"
        "from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator\n"
    )
    made = 'for n in range(40):\n        SQLExecuteQueryOperator(task_id=f"t{n}", sql="x", conn_id="dwh")\n'
    (wide,) = found_by(rule, {"wide.py": f'{head}with DAG("wide"):\n    {made}'})
    assert wide.message.startswith("16 tasks of this DAG can use")


def test_a_count_of_tasks_that_may_be_another_says_so(found_by):
    rule = next(one for one in ALL if one.code == "AFT207")
    text = (
        "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\n"
        'with DAG("d"):\n    for n in range(200):\n        EmptyOperator(task_id=f"t{n}")\n'
    )
    (whole,) = found_by(rule, {"a.py": text})
    (cut,) = found_by(
        rule,
        {"a.py": f"from a import names\n{text}    for n in names():\n        EmptyOperator(task_id=n)\n"},
    )
    assert whole.message == "this line makes 200 tasks of one DAG"
    assert cut.message == "this line makes 200 tasks of one DAG, as far as it can be read"


UNBOUND = """
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator as Query
dag = DAG("d", default_args={})
Query(task_id="q", sql="SELECT 1") >> BashOperator(task_id="b", bash_command="x", dag=dag)
"""


@pytest.mark.parametrize(("code", "name"), [("AFT701", "retries"), ("AFT705", "execution_timeout")])
def test_default_args_that_do_not_reach_a_task_are_told_of(found_by, code, name):
    rule = next(one for one in ALL if one.code == code)
    (without,) = found_by(rule, {"a.py": UNBOUND})
    (unreached,) = found_by(rule, {"a.py": UNBOUND.replace("={}", f"={{'{name}': 3}}")})
    assert "in default_args" in without.advice
    assert f"default_args of the DAG name {name}" in unreached.advice
    assert (without.fix is None, unreached.fix) == (False, None)


def test_only_tasks_that_take_the_connection_of_default_args_are_counted(found_by):
    rule = next(one for one in ALL if one.code == "AFT401")
    text = (
        "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\n"
        "from airflow.providers.ssh.operators.ssh import SSHOperator\n"
        'with DAG("d", default_args={"ssh_conn_id": "host"}):\n    for n in range(9):\n'
        '        EmptyOperator(task_id=f"e{n}")\n        SSHOperator(task_id=f"s{n}", command="ls")\n'
    )
    (one,) = found_by(rule, {"a.py": text})
    assert one.message.startswith("9 or more tasks of this DAG can use")
    assert "for these 9 tasks" in one.advice


READS = (
    "import geopandas\nimport pandas as pd\nfrom airflow.sdk import task\n{}\n@task\ndef t():\n    pd.{}\n"
)


def test_a_package_that_another_import_brings_is_told_with_it(found_by):
    rule = next(one for one in ALL if one.code == "AFT104")
    (both,) = found_by(rule, {"a.py": READS.format("", "read_csv(geopandas.__name__)")})
    assert "geopandas, which this file imports, imports pandas at its top too: mend both." in both.advice
    assert not found_by(rule, {"a.py": READS.format("geopandas.options.io_engine = 'x'", "read_csv('x')")})
    (alone,) = found_by(rule, {"a.py": READS.format("", "read_csv('x')").replace("import geopandas\n", "")})
    assert "mend both" not in alone.advice


def test_a_sensor_that_looks_often_should_look_seldom_too(found_by):
    rule = next(one for one in ALL if one.code == "AFT801")
    text = (
        "from airflow import DAG\nfrom airflow.sensors.filesystem import FileSensor\n"
        'with DAG("d"):\n    FileSensor(task_id="wait", filepath="x", poke_interval={})\n'
    )
    (often,) = found_by(rule, {"a.py": text.format(5)})
    (seldom,) = found_by(rule, {"a.py": text.format(300)})
    assert "poke_interval of a minute" in often.advice
    assert (often.fix, seldom.fix is None) == (None, False)


FACTORY = """
from airflow.sdk import BaseHook, TaskGroup
def keys():
    return BaseHook.get_connection("x").password
def group():
    with TaskGroup("g"):
        return keys()
"""


def test_what_only_a_factory_calls_is_said_to_run_where_that_is_called(found_by):
    rule = next(one for one in ALL if one.code == "AFT101")
    (factory,) = found_by(rule, {"a.py": FACTORY})
    (called,) = found_by(rule, {"a.py": FACTORY + "group()\n"})
    assert factory.message.endswith("runs at every parse of what calls group()")
    assert called.message.endswith("runs at every parse of the file")


def test_mails_to_nobody_are_told_of(found_by):
    rule = next(one for one in ALL if one.code == "AFT706")
    text = (
        "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\n"
        'with DAG("d", schedule="@daily", default_args={{{}}}):\n'
        '    BashOperator(task_id="a", bash_command="x")\n'
    )
    (quiet,) = found_by(rule, {"a.py": text.format("")})
    (lost,) = found_by(rule, {"a.py": text.format("'email_on_failure': True")})
    assert quiet.message == "when d fails, nobody is told"
    assert lost.message == "when d fails, nobody is told: email_on_failure has no email to go to"
    assert not found_by(rule, {"a.py": text.format("'email_on_failure': True, 'email': 'a@example.com'")})


def test_a_package_that_annotations_need_by_another_import_is_told_so(found_by):
    rule = next(one for one in ALL if one.code == "AFT104")
    text = "import pandas as pd\nfrom pandas import DataFrame\nfrom airflow.sdk import task\n"
    text += "@task\ndef t(frame: DataFrame):\n    return pd.concat([frame])\n"
    first, _ = found_by(rule, {"a.py": text})
    assert "TYPE_CHECKING" in first.advice
    assert first.fix is None


BACKLOG = """
from datetime import datetime
from airflow import DAG
DAG("d", schedule="@hourly", start_date=datetime(2020, 1, 1), catchup=True{})
dag = DAG("d", schedule="@hourly", start_date=datetime(2020, 1, 1), catchup=True{})
"""


def test_a_backlog_of_runs_one_after_the_other_weighs_less(found_by):
    rule = next(one for one in ALL if one.code == "AFT302")
    weights = [
        [one.severity for one in found_by(rule, {"a.py": BACKLOG.format(runs, runs)})]
        for runs in ("", ", max_active_runs=1")
    ]
    assert weights == [[Severity.ERROR], [Severity.WARN]]


def test_default_args_that_only_the_page_shows_weigh_less(found_by):
    rule = next(one for one in ALL if one.code == "AFT308")
    dag = "from airflow import DAG\ndag = DAG('d', schedule='@daily', default_args={{{}}})\n"
    found = [
        (one.severity, one.advice)
        for given in (
            "'tags': ['x'], 'description': 'y'",
            "'tags': ['x'], 'max_active_runs': 1",
            "'catchup': False",
        )
        for one in found_by(rule, {"a.py": dag.format(given)})
    ]
    assert found == [
        (Severity.WARN, "Pass them to the DAG."),
        (Severity.ERROR, "Pass them to the DAG."),
        (Severity.ERROR, "Pass it to the DAG."),
    ]


def test_a_last_task_hides_failures_together_with_the_others(found_by):
    rule = next(one for one in ALL if one.code == "AFT212")
    dag = (
        "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\nwith DAG('d'):\n"
        "    load = BashOperator(task_id='load', bash_command='x')\n"
        "    load >> BashOperator(task_id='tell', bash_command='x', trigger_rule='all_done')\n"
    )
    (alone,) = found_by(rule, {"a.py": dag})
    (beside,) = found_by(rule, {"a.py": f"{dag}    BashOperator(task_id='other', bash_command='x')\n"})
    assert "whenever tell (all_done) is, though load failed" in alone.message
    assert "whenever tell (all_done) and the other last tasks are, though load failed" in beside.message
