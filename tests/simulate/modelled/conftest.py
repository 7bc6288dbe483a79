from __future__ import annotations

import pytest

from airflow_tune.dags.reader import read_files
from airflow_tune.installation.read import read_installation
from airflow_tune.installation.sources import Sources
from airflow_tune.simulate.modelled.declared import declared


@pytest.fixture
def dags(tmp_path):
    """Read DAGs from source text, as from a file."""

    def read(source, known=()):
        file = tmp_path / "dags" / "work.py"
        file.parent.mkdir(exist_ok=True)
        head = (
            "from datetime import datetime, timedelta\nfrom airflow.sdk import DAG, Asset, dag, task\n"
            "from airflow.providers.standard.operators.bash import BashOperator\n"
            "from airflow.providers.standard.operators.empty import EmptyOperator\n"
            "from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator\n"
            "from airflow.providers.standard.sensors.filesystem import FileSensor\n"
        )
        file.write_text(head + source, encoding="utf-8")
        return declared(read_files([file]), known)

    return read


@pytest.fixture
def installation(tmp_path):
    """An installation of Airflow 3.3 with nothing but defaults."""
    (tmp_path / "airflow.cfg").write_text("[core]\nexecutor = LocalExecutor\n", encoding="utf-8")
    return read_installation(Sources(airflow_home=tmp_path, airflow_version="3.3.2", env={}))
