"""Connections of an engine, bounded by what the metadata DB was measured to gain from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_tune.findings import Confidence
from airflow_tune.installation.benched_database import BenchedDatabase
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.recommend.engine import recommend

CFG = "[core]\nexecutor = LocalExecutor\n[database]\nsql_alchemy_conn = postgresql://db/airflow\n"
FLEET = """
schedulers: {count: 1, cores: 4, memory: 8GiB}
database: {max_connections: CONNECTIONS}
"""
NAMES = ("database.sql_alchemy_pool_size", "database.sql_alchemy_max_overflow")


@pytest.fixture
def advised(build):
    """Return a function from the server's connections and those that gain to the advice on an engine's."""

    def made(granted, enough, cfg=CFG):
        installation = build(cfg, deployment=FLEET.replace("CONNECTIONS", str(granted)))
        if enough is not None:
            known = Measured(enough, Origin(OriginKind.MEASURED, "bench on h"))
            installation = replace(installation, benched_database=BenchedDatabase(known, None))
        found = {one.option: one for one in recommend(installation).advice}
        return [found[name] for name in NAMES]

    return made


def values(advice):
    return [getattr(one, "proposed", None) for one in advice]


def test_an_engine_opens_no_more_than_the_server_gains_from(advised):
    size, overflow = advised(400, 8)
    # A pool of 5 is what is set.
    assert values((size, overflow)) == [None, "3"]
    assert overflow.confidence is Confidence.MEDIUM
    assert "measured to do with 8 connections" in overflow.reason
    assert "small writes from one host" in overflow.risk.text
    known = next(one for one in overflow.evidence if one.name == "connections that the server gains from")
    assert (known.value, str(known.origin)) == ("8", "bench on h")


def test_never_less_than_the_pool_of_airflow_itself(advised):
    assert values(advised(400, 2))[1] == "0"


def test_a_server_that_gains_from_more_leaves_them(advised):
    assert values(advised(400, 15)) == values(advised(400, None)) == [None, None]


def test_the_servers_limit_still_binds_where_it_is_lower(advised):
    few = advised(12, None)
    assert values(advised(12, 16)) == values(few)
    assert values(few)[1] is not None


def test_what_fits_the_server_is_bounded_where_it_gains_from_less(advised):
    wide = CFG + "sql_alchemy_pool_size = 50\nsql_alchemy_max_overflow = 50\n"
    assert values(advised(400, 8, wide)) == ["5", "3"]
