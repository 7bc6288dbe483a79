from __future__ import annotations

import pytest

from airflow_tune.footprints import Footprint, footprint
from airflow_tune.measured import Measured
from airflow_tune.origins import OriginKind
from airflow_tune.versions import AirflowVersion

MIB = 2**20


def figures(of: Footprint) -> dict[str, Measured[float]]:
    return of._asdict()


@pytest.mark.parametrize(("version", "measured"), [("2.7", "2.11.2"), ("2.11.2", "2.11.2"), ("3.0", "3.3.2")])
def test_a_version_gets_the_figures_of_its_generation(version: str, measured: str) -> None:
    assert f"Airflow {measured}" in str(footprint(AirflowVersion(version)).scheduler_bytes.origin)


@pytest.mark.parametrize("version", ["2.11", "3.3"])
def test_each_figure_says_how_it_was_come_by(version: str) -> None:
    for name, figure in figures(footprint(AirflowVersion(version))).items():
        said = str(figure.origin)
        if figure.origin.kind is OriginKind.MEASURED:
            assert said.startswith("measured: Airflow "), name
        else:
            assert figure.origin.kind is OriginKind.ASSUMED, name
            assert said.startswith(("not measured for 2.x", "tasks of 2.x", "heartbeats of 2.x")), name


@pytest.mark.parametrize("version", ["2.11", "3.3"])
def test_figures_lie_where_processes_and_tasks_lie(version: str) -> None:
    for name, figure in figures(footprint(AirflowVersion(version))).items():
        if name.endswith("_bytes"):
            assert 30 * MIB < figure.value < 400 * MIB, name
            assert isinstance(figure.value, int), name
        elif name == "scheduler_statements":
            assert 10 < figure.value < 100
        else:
            assert 0 <= figure.value <= 5, name


def test_two_generations_differ_where_airflow_does() -> None:
    old, new = footprint(AirflowVersion("2.11")), footprint(AirflowVersion("3.3"))
    assert old.api_cpu_s_per_heartbeat.value == 0 < new.api_cpu_s_per_heartbeat.value
    assert old.task_process_bytes.value > new.task_process_bytes.value  # three processes against two
    assert old.api_worker_bytes.value < new.api_worker_bytes.value
    for one in (old, new):
        assert one.task_process_bytes.value > one.celery_child_bytes.value
