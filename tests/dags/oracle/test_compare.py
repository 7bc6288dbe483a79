from __future__ import annotations

import stat
import sys

import pytest

from airflow_tune.dags.oracle.ask import ask
from airflow_tune.dags.oracle.compare import answers, compare, total
from airflow_tune.errors import SourceError

THEIRS = {"dags": {"d": {"tasks": {"a": {}, "b": {}, "c": {}}, "edges": [["a", "b"], ["b", "c"]]}}}


def test_differences_are_named_and_added_up(read):
    found = read(
        "with DAG('d'):\n    a, b, x = (EmptyOperator(task_id=n) for n in 'abx')\n    a >> b >> x\n"
        "dag = DAG('ours')\n"
    )
    first, second = compare(answers(THEIRS), found)
    assert (first.missing_tasks, first.invented_tasks) == ({"c"}, {"x"})
    assert (first.missing_edges, first.invented_edges) == ({("b", "c")}, {("b", "x")})
    assert (second.dag_id, second.known, second.same) == ("ours", False, False)
    summed = total([first, second])
    assert (summed.dags, summed.complete_dags, summed.invented) == (1, 1, 2)
    assert summed.tasks_share == pytest.approx(2 / 3)
    assert summed.complete_edges_share == 0.5


def test_a_dag_that_was_not_found_misses_everything(read):
    (one,) = compare(answers(THEIRS), read("x = 1\n"))
    assert len(one.missing_tasks) == 3
    assert total([one]).tasks_share == 0
    assert total([]).tasks_share == 1


def test_a_dag_of_unknown_id_is_matched_by_its_tasks(read):
    found = read("import os\nwith DAG(os.environ['X']):\n    EmptyOperator(task_id='a')\n")
    (one,) = compare(answers(THEIRS), found)
    assert one.missing_tasks == {"b", "c"}
    assert not one.complete


def test_a_python_without_airflow_is_said(tmp_path):
    with pytest.raises(SourceError, match="Airflow could not be asked"):
        ask(tmp_path / "none", tmp_path, [])
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho 'ModuleNotFoundError: no airflow' >&2\nexit 1\n")
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    with pytest.raises(SourceError, match="no airflow"):
        ask(fake, tmp_path, [tmp_path / "x.py"])


def test_answers_come_back_by_file(tmp_path):
    fake = tmp_path / "python"
    fake.write_text(
        '#!/bin/sh\ncat >/dev/null\necho noise\necho \'{"file": "/x.py", "dags": {}, "errors": ["e"]}\'\n'
    )
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    assert ask(fake, tmp_path, [tmp_path / "x.py"])["/x.py"]["errors"] == ["e"]


@pytest.mark.airflow
def test_airflow_s_own_examples_come_out_as_dagbag_makes_them():
    examples = pytest.importorskip("airflow.example_dags")
    from pathlib import Path  # noqa: PLC0415 - only with Airflow

    from airflow_tune.dags.reader import read_files  # noqa: PLC0415 - only with Airflow

    root = Path(examples.__path__[0])
    files = sorted(root.glob("example_*.py"))
    theirs = ask(Path(sys.executable), root, files)
    found = [
        one
        for path, graph in zip(files, read_files(files, root), strict=True)
        if not theirs[str(path)]["errors"]
        for one in compare(answers(theirs[str(path)]), graph)
    ]
    summed = total(found)
    assert summed.complete_tasks_share >= 0.99
    assert summed.complete_edges_share >= 0.99
    assert summed.tasks_share >= 0.9
    assert summed.invented == 0
