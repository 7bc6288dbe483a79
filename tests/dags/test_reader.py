from __future__ import annotations

from pathlib import Path

import pytest

from airflow_tune.dags.garbage import uncollected
from airflow_tune.dags.project import Project, import_root
from airflow_tune.dags.reader import read_file, read_files

DAG = "from airflow import DAG\ndag = DAG('d')\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"print 'airflow dag'\n", "not Python: Missing parentheses"),
        (b"airflow dag (\n", "not Python"),
        (b"# airflow dag\n\x00\n", "not Python"),
        (b"# airflow dag \xe9\nx = 1\n", "not Python"),
        (b"# -*- coding: nonsense -*-\n# airflow dag\n", "not Python"),
        (b"# airflow dag\n" + b"x" * (6 << 20), "more than 5 MiB"),
        (b"# airflow dag\nx = " + b"(" * 300 + b")" * 300 + b"\n", "not Python"),
    ],
)
def test_what_python_cannot_read_is_an_error_of_the_file(tmp_path, data, reason):
    path = tmp_path / "x.py"
    path.write_bytes(data)
    assert reason in read_file(path).error.reason


def test_encodings_are_python_s(tmp_path):
    path = tmp_path / "x.py"
    path.write_bytes("# -*- coding: latin-1 -*-\nfrom airflow import DAG\ndag = DAG('é')\n".encode("latin-1"))
    assert read_file(path).dags[0].dag_id == "é"
    path.write_bytes(b"\xef\xbb\xbf" + DAG.encode())
    assert read_file(path).dags[0].dag_id == "d"


def test_a_file_without_the_words_is_skipped_as_airflow_s_safe_mode_does(tmp_path):
    path = tmp_path / "x.py"
    path.write_text("def (\n")
    found = read_file(path)
    assert (found.dags, found.error) == ((), None)


def test_a_directory_or_nothing_is_an_error_of_the_file(tmp_path):
    assert "unreadable" in read_file(tmp_path).error.reason
    assert "unreadable" in read_file(tmp_path / "none.py").error.reason


def test_modules_are_read_once_for_all_files(tmp_path):
    (tmp_path / "names.py").write_text("N = 'a'\n")
    for name in "xy":
        (tmp_path / f"{name}.py").write_text(
            f"from names import N\n{DAG.replace('d', name + 'd', 0)}other = DAG(N)\n"
        )
    first, second = read_files([tmp_path / "x.py", tmp_path / "y.py"], tmp_path)
    assert [dag.dag_id for dag in first.dags] == [dag.dag_id for dag in second.dags] == ["d", "a"]


def test_what_a_module_holds_outlives_the_files_that_import_it(tmp_path):
    (tmp_path / "shared.py").write_text(
        "class C:\n    name = 'c'\nfrom airflow import DAG\nwith DAG('s') as s: pass\n"
    )
    for name in "xy":
        (tmp_path / f"{name}.py").write_text(
            "from airflow import DAG\nfrom shared import C, s\ndag = DAG(C.name)\n"
        )
    graphs = read_files([tmp_path / "x.py", tmp_path / "y.py"], tmp_path)
    assert [sorted(str(dag.dag_id) for dag in graph.dags) for graph in graphs] == [["c", "s"], ["c", "s"]]


def test_the_import_root_is_the_folder_named_dags_else_the_first_that_is_no_package(tmp_path):
    (tmp_path / "dags" / "team").mkdir(parents=True)
    assert import_root(tmp_path / "dags" / "team" / "x.py") == tmp_path / "dags"
    package = tmp_path / "flows" / "inner"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    assert import_root(package / "x.py") == tmp_path / "flows"


def test_imports_are_found_beside_the_dag_folder_too(tmp_path):
    folder = tmp_path / "dags"
    (tmp_path / "plugins").mkdir()
    (tmp_path / "include").mkdir()
    (folder / "pack").mkdir(parents=True)
    (tmp_path / "plugins" / "p.py").touch()
    (tmp_path / "include" / "__init__.py").touch()
    (folder / "pack" / "__init__.py").touch()
    (folder / "pack" / "broken.py").write_text("def (")
    project = Project(folder)
    file = str(folder / "pack" / "x.py")
    assert project.find("p", file, 0).path == str(tmp_path / "plugins" / "p.py")
    assert project.find("include", file, 0) is not None
    assert project.find("", file, 1).path == str(folder / "pack" / "__init__.py")
    assert project.find("pack.broken", file, 0) is None
    assert project.find("airflow.models", file, 0) is None
    assert project.find("json", file, 0) is None
    assert project.package(file, 1) == "pack"
    assert project.package("/elsewhere/y.py", 1) == "elsewhere"


def test_the_collector_is_as_it_was_after_a_reading():
    import gc  # noqa: PLC0415 - only here

    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    with uncollected():
        pass
    assert not gc.isenabled()
    gc.enable()


def test_the_reader_imports_nothing_of_what_it_reads(tmp_path):
    path = tmp_path / "x.py"
    path.write_text(DAG + f"open({str(tmp_path / 'made')!r}, 'w').write('x')\nimport os\nos.system('true')\n")
    assert read_file(path).dags[0].complete
    assert not Path(tmp_path / "made").exists()
