"""`lint` and `graph` as a user runs them."""

from __future__ import annotations

import json

import pytest

from airflow_tune.errors import DocumentError, UsageError

SALES = '''"""Sales."""
import time
from airflow import DAG
from airflow.operators.empty import EmptyOperator

time.sleep(1)
with DAG("sales", default_args={"priority_weight": 2, "queue": "big"}):
    a = EmptyOperator(task_id="a", pool="db")
    b = EmptyOperator(task_id="b")
    lonely = EmptyOperator(task_id="lonely")  # airflow-tune: ignore[AFT210]
    a >> b
'''


@pytest.fixture
def dags(tmp_path):
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "sales.py").write_text(SALES, encoding="utf-8")
    return folder


def codes(found):
    return [(one["code"], one["origin"]["line"]) for one in json.loads(found.stdout)["findings"]]


def test_findings_name_file_and_line_and_decide_the_exit_code(tune, dags):
    found = tune("lint", dags)
    assert found.exit_code == 1
    flat = " ".join(found.stdout.split())
    assert f"{dags}/sales.py:6:1: AFT106 sleep-at-parse (error): time.sleep() runs" in flat
    assert "Findings: 1 error in 1 file" in flat
    assert "How often" not in flat
    assert tune("lint", dags, "--fail-on", "never").exit_code == 0
    assert tune("lint", dags, "--ignore", "AFT106").exit_code == 0


def test_json_has_a_schema_findings_and_counts(tune, dags, tmp_path):
    report = tmp_path / "lint.json"
    assert tune("lint", dags, "--format", "json", "-o", report).stdout == ""
    found = json.loads(report.read_text(encoding="utf-8"))
    assert (found["schema"], found["files"]) == ("airflow-tune/lint/1", 1)
    (note,) = found["notes"]
    assert note.startswith("not judged: AFT")
    assert found["statistics"] == [{"code": "AFT106", "name": "sleep-at-parse", "count": 1}]
    assert found["findings"][0]["severity"] == "error"


def test_statistics_are_a_table(tune, dags):
    found = tune("lint", dags, "--statistics").stdout
    assert "How often each rule fired\n  1  AFT106  sleep-at-parse\n" in found


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--select", "AFT1"], [("AFT106", 6)]),
        (["--select", "aft210, AFT202"], []),
        # Not AFT001: the rule that the comment silences ran, though it was not asked for.
        (["--select", "AFT0"], []),
        (["--select", "AFT", "--ignore", "AFT106"], []),
    ],
)
def test_codes_are_selected_by_their_beginning(tune, dags, flags, expected):
    assert codes(tune("lint", dags, "--format", "json", *flags)) == expected


@pytest.mark.parametrize("flag", ["--select", "--ignore", "--explain"])
def test_an_unknown_code_is_refused_with_the_nearest(tune, dags, flag):
    with pytest.raises(UsageError, match=r'no rule has the code "AFT166"') as raised:
        tune("lint", dags, flag, "AFT166")
    assert raised.value.where == flag
    assert "did you mean" in raised.value.remedy


def test_what_cannot_be_read_is_a_finding_and_stops_nothing(tune, dags):
    (dags / "a_folder.py").symlink_to(dags / "nowhere")
    (dags / "broken.py").write_text("from airflow import DAG\nwith DAG('x') as\n", encoding="utf-8")
    (dags / "fails.py").write_text("from airflow import DAG\n[][1]\n", encoding="utf-8")
    (dags / "deep.py").write_text(
        "from airflow import DAG\nn = 0\nwhile True:\n    n += 1\n", encoding="utf-8"
    )
    (dags / "a_template.py").write_text("dag_ids = {{ dag_ids }}\n", encoding="utf-8")
    (dags / "helper.py").write_text("import time\ntime.sleep(1)\n", encoding="utf-8")
    found = tune("lint", dags, "--format", "json")
    assert codes(found) == [("AFT002", 1), ("AFT002", 2), ("AFT002", 2), ("AFT106", 6)]
    (note, _silent) = json.loads(found.stdout)["notes"]
    assert "deep.py: not read to its end" in note
    assert "note  " in tune("lint", dags).stdout


def test_a_path_that_is_not_there_is_said(tune, tmp_path):
    with pytest.raises(UsageError, match="there is no such file or folder"):
        tune("lint", tmp_path / "none")
    with pytest.raises(UsageError, match="there is nothing to lint"):
        tune("lint")


def test_one_rule_is_explained(tune):
    found = tune("lint", "--explain", "AFT106").stdout
    assert found.startswith("AFT106 sleep-at-parse (error)\n")
    assert [line.split()[0] for line in found.splitlines() if line[2:3].strip()][1:5] == [
        "what", "why", "example", "instead",
    ]  # fmt: skip
    told = json.loads(tune("lint", "--explain", "unused-suppression", "--format", "json").stdout)
    assert (told["schema"], told["code"]) == ("airflow-tune/rule/1", "AFT001")


def test_each_file_is_read_once_and_hidden_folders_are_not(tune, dags):
    for name in (".git", "venv"):
        (dags / name).mkdir()
        (dags / name / "x.py").write_text(SALES, encoding="utf-8")
    found = tune("lint", dags, dags / "sales.py", "--format", "json")
    assert json.loads(found.stdout)["files"] == 1


def test_graph_shows_tasks_with_what_is_set_and_what_follows(tune, dags):
    found = tune("graph", dags).stdout
    flat = " ".join(found.split())
    assert f"sales ({dags}/sales.py:7): complete" in flat
    assert "a: EmptyOperator (line 8) set pool=db, priority_weight=2, queue=big then b" in flat
    assert "1 DAG (1 complete), 3 tasks, 1 file" in flat


def test_graph_json_resolves_arguments_and_shows_no_other(tune, dags):
    (dags / "sales.py").unlink()
    (dags / "odd.py").write_text(
        "import os\nfrom datetime import timedelta\nfrom airflow import DAG\n"
        "from airflow.operators.bash import BashOperator\n"
        "import elsewhere\n"
        "with DAG('odd'):\n"
        "    a = BashOperator(task_id='a', bash_command='echo secret', queue=os.environ['Q'],\n"
        "                     retry_delay=timedelta(minutes=2), trigger_rule=BashOperator)\n"
        "    b = BashOperator.partial(task_id=elsewhere.NAME).expand(bash_command=['x'])\n"
        "    a >> b\n    elsewhere.more()\n",
        encoding="utf-8",
    )
    (dags / "broken.py").write_text("from airflow import DAG\n)\n", encoding="utf-8")
    text = tune("graph", dags, "--format", "json").stdout
    found = json.loads(text)
    assert found["schema"] == "airflow-tune/graph/1"
    broken, odd = found["files"]
    assert broken["error"].startswith("not Python")
    (dag,) = found["dags"]
    assert (odd["error"], dag["file"], dag["schedule"]) == (None, odd["file"], None)
    assert not dag["complete"]
    assert dag["why_partial"]
    first, second = dag["tasks"]
    assert (first["retry_delay_s"], first["pool"], first["retries"]) == (120.0, "default_pool", 0)
    assert set(first["queue"]) == {"unknown"}
    assert first["trigger_rule"].startswith("<name ")
    assert second["mapped"]
    assert set(second["task_id"]) == {"unknown"}
    assert dag["edges"] == [["a", second["key"]]]
    assert dag["edge_lines"] == [10]
    assert "secret" not in text
    shown = tune("graph", dags).stdout
    assert "partial" in shown
    assert "cannot be imported" in shown
    assert "set   mapped" in shown


def test_graph_says_where_reading_ended(tune, dags):
    (dags / "sales.py").write_text(
        "from airflow import DAG\nn = 0\nwhile True:\n    n += 1\n", encoding="utf-8"
    )
    assert "not read to its end" in " ".join(tune("graph", dags).stdout.split())


def test_pools_come_from_a_file_and_what_is_not_named_is_said_to_be_unjudged(tune, dags, tmp_path):
    (dags / "pooled.py").write_text(
        "from airflow import DAG\nfrom x import BashOperator\n"
        "with DAG('d'):\n    BashOperator(task_id='t', pool='databse')\n",
        encoding="utf-8",
    )
    unnamed = json.loads(tune("lint", dags, "--select", "AFT402", "--format", "json").stdout)
    assert (unnamed["findings"], unnamed["notes"]) == (
        [],
        ["not judged: AFT402 (give --pools, --db or --snapshot)"],
    )
    pools = tmp_path / "pools.json"
    pools.write_text('{"database": {"slots": 4}}', encoding="utf-8")
    named = tune("lint", dags, "--select", "AFT402", "--pools", pools, "--format", "json")
    assert ("AFT402", 4) in codes(named)
    assert json.loads(named.stdout)["notes"] == []
    assert 'did you mean "database"?' in json.loads(named.stdout)["findings"][0]["advice"]


@pytest.mark.parametrize("text", ["no json", "[1]", '{"a": {"slots": "4"}}', '{"a": 4}'])
def test_a_pools_file_that_is_none_is_said(tune, dags, tmp_path, text):
    pools = tmp_path / "pools.json"
    pools.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match="pool"):
        tune("lint", dags, "--pools", pools)
