"""What a reading looked at is noted, so that its result can be kept until one of these changes."""

from __future__ import annotations

import pytest

from airflow_tune.dags.model import Unknown
from airflow_tune.dags.project import Project
from airflow_tune.dags.reader import read_file

DAG = "from airflow import DAG\nimport pandas\nfrom helpers.one import NAME\ndag = DAG(NAME)\n"


@pytest.fixture
def dags(tmp_path):
    folder = tmp_path / "dags"
    (folder / "helpers").mkdir(parents=True)
    (folder / "helpers" / "one.py").write_text("from helpers import two\nNAME = two.NAME\n", encoding="utf-8")
    (folder / "helpers" / "two.py").write_text(
        "import yaml\nfrom helpers import one\nNAME = yaml.safe_load(open('dags/names.yaml'))['name']\n",
        encoding="utf-8",
    )
    (folder / "names.yaml").write_text("name: sales\n", encoding="utf-8")
    (folder / "a_dag.py").write_text(DAG, encoding="utf-8")
    (folder / "b_dag.py").write_text(DAG, encoding="utf-8")
    return folder


def looked_at(project, path):
    project.reads = set()
    (dag,) = read_file(path, project).dags
    assert dag.dag_id == "sales"
    return project.dependencies()


def test_modules_hand_on_what_they_looked_at(dags):
    project = Project(dags)
    first = looked_at(project, dags / "a_dag.py")
    assert f"file:{dags}/names.yaml" in first
    assert {"module:0::pandas", "module:0::helpers.one", "module:0::helpers.two"} <= first


def test_a_module_that_was_read_before_hands_on_the_same(dags):
    project = Project(dags)
    assert looked_at(project, dags / "a_dag.py") == looked_at(project, dags / "b_dag.py")


def test_files_outside_are_never_touched(dags, tmp_path):
    project = Project(dags)
    (dags / "bad").write_bytes(b"\xff")
    (dags / "large").write_bytes(b"x" * (257 << 10))
    assert project.text("dags/names.yaml") == project.text(f"{dags}/names.yaml") == "name: sales\n"
    for path in ("../outside", "/etc/hostname", "dags/none", "dags/bad", "dags/large", "dags/\0"):
        assert project.text(path) is None
    assert not {key for key in project.reads if str(tmp_path) not in key}


def test_of_installed_packages_only_the_files_own_is_read(tmp_path):
    site = tmp_path / "site-packages"
    for package in ("sales", "other"):
        (site / package).mkdir(parents=True)
        (site / package / "__init__.py").write_text("", encoding="utf-8")
        (site / package / "names.py").write_text(f"NAME = '{package}'\n", encoding="utf-8")
        source = "from airflow import DAG\nfrom sales import names as a\nfrom other import names as b\n"
        source += "one, two = DAG(a.NAME), DAG(b.NAME)\n"
        (site / package / "flows.py").write_text(source, encoding="utf-8")
    project = Project(site)
    found = {
        package: [dag.dag_id for dag in read_file(site / package / "flows.py", project).dags]
        for package in ("sales", "other")
    }
    assert found["sales"][0] == "sales"
    assert found["other"][1] == "other"
    assert isinstance(found["sales"][1], Unknown)
    assert isinstance(found["other"][0], Unknown)
