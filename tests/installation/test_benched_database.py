"""What a result of the bench tells of the metadata DB, and when it is not of that DB."""

from __future__ import annotations

import pytest

from airflow_tune.installation.benched_database import benched_database
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Curve, Suite, VariantResult, WorkloadResult
from airflow_tune.suite.remark import Remark, Strain

MACHINE = Machine("h", "Linux", "x86_64", "", 2.0, "a test", 2**30, 2, 2**34, "3.12")
POSTGRES = "postgresql+psycopg2://airflow@db/airflow"
VOID = Remark("others", void=True, message="others used 1.7 of the 2 cores", advice="measure again")


def suite(enough=8, most=16, *, db="postgresql", remarks=()):
    variants = tuple(
        VariantResult(f"{n} connections", {"connections": n}, (0.01,), figures={"round_trip_s": (4e-4, None)})
        for n in (1, most)
    )
    connecting = VariantResult("pool", {}, (0.01,), figures={"round_trip_s": (2e-4, 3e-4, None, 1e-4)})
    law = {"scaling": {"enough": enough}}
    results = (
        WorkloadResult("db-concurrency", "?", "t", Curve.SCALING, variants, models=law, remarks=remarks),
        WorkloadResult("db-connect", "?", "query", Curve.ALTERNATIVES, (connecting,)),
    )
    return Suite("0", "2026-11-24T10:00:00Z", 1.0, True, {"db": db}, MACHINE, Strain(), results)  # noqa: FBT003


def test_a_database_of_the_same_kind_is_taken_and_told():
    found = benched_database(suite(db="postgres+psycopg"), POSTGRES)
    assert (found.connections.value, found.round_trip_s.value) == (8, 2e-4)
    assert "db-concurrency on the postgresql of its --db-url" in str(found.connections.origin)


@pytest.mark.parametrize("db", ["mysql+pymysql", None, "sqlite"])
def test_another_kind_is_not(db):
    assert benched_database(suite(db=db), POSTGRES) is None
    assert benched_database(suite(db="postgresql"), "sqlite:////airflow.db") is None
    assert benched_database(suite(db=db), "") is None


def test_a_curve_that_still_gains_at_its_end_bounds_nothing():
    assert benched_database(suite(enough=16), POSTGRES).connections is None


def test_a_disturbed_curve_bounds_nothing_and_what_was_calm_still_counts():
    found = benched_database(suite(remarks=(VOID,)), POSTGRES)
    assert found.connections is None
    assert found.round_trip_s.value == 2e-4
