"""What the state of the metadata DB asks for, and when it asks for nothing."""

from __future__ import annotations

import numpy as np
import pytest

from airflow_tune.diagnose.past.upkeep import judge_upkeep, upkeep_findings
from airflow_tune.findings import Severity
from airflow_tune.metadata.model import ServerConnections
from airflow_tune.metadata.upkeep import TableUpkeep, Upkeep
from airflow_tune.versions import AirflowVersion

NOW = np.datetime64("2026-06-01T12:00:00", "us")


def judged(*tables, connections=None, version="3.3", keeps_account=True):
    upkeep = Upkeep("postgresql", keeps_account, tables, connections)
    return judge_upkeep(upkeep, AirflowVersion(version), NOW)


def table(name, rows, **facts):
    return TableUpkeep(name, rows, **{"dead_rows": 0, "analyzed": "2026-06-01T00:00:00Z", **facts})


@pytest.mark.parametrize(
    ("version", "command"),
    [
        ("3.3", "airflow db clean --clean-before-timestamp 2026-03-03 --batch-size 10000 --dry-run"),
        ("2.11", "airflow db clean --clean-before-timestamp 2026-03-03 --dry-run"),
    ],
)
def test_many_old_rows_get_the_command_of_their_version(version, command):
    found = judged(table("log", 5_000_000, oldest="2025-04-27T12:00:00Z"), version=version)
    assert (found.clean_command, found.old_rows) == (command, ("log",))
    (finding,) = upkeep_findings(found)
    assert finding.finding.message == "log holds some 5,000,000 rows, the oldest 400d old"
    assert command in finding.finding.advice
    assert (finding.finding.severity, finding.saved_s) == (Severity.INFO, 0.0)


def test_few_or_young_rows_ask_for_nothing():
    found = judged(
        table("log", 50, oldest="2025-04-27T12:00:00Z"),
        table("xcom", 5_000_000, oldest="2026-05-31T12:00:00Z"),
        table("job", None, oldest="2025-04-27T12:00:00Z"),
    )
    assert (found.clean_command, found.old_rows, found.untended) == ("", (), ())
    assert list(upkeep_findings(found)) == []


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"analyzed": None}, "never analyzed"),
        ({"dead_rows": 900_000}, "vacuum does not keep up"),
    ],
)
def test_tables_that_no_vacuum_visits_are_named(facts, said):
    found = judged(table("task_instance", 1_000_000, **facts))
    (finding,) = upkeep_findings(found)
    assert (finding.finding.code, finding.finding.severity) == ("AFH12", Severity.WARN)
    assert said in finding.finding.message
    # Only PostgreSQL keeps account of it.
    assert judged(table("task_instance", 1_000_000, **facts), keeps_account=False).untended == ()


@pytest.mark.parametrize(("used", "codes"), [(79, []), (80, ["AFH13"])])
def test_connections_that_run_out_are_told(used, codes):
    found = judged(connections=ServerConnections(103, 3, None, used))
    assert found.connections_share == used / 100
    assert [one.finding.code for one in upkeep_findings(found)] == codes


def test_no_db_asks_for_nothing():
    assert list(upkeep_findings(None)) == []
