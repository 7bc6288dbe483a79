from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from airflow_tune.errors import SourceError
from airflow_tune.metadata.facts import read_facts
from airflow_tune.metadata.model import MetadataFacts, Pool, ServerConnections
from airflow_tune.origins import OriginKind

FIXTURES = Path(__file__).parents[1] / "fixtures" / "metadata"
POOLS = (Pool("db", -1, include_deferred=True), Pool("default_pool", 128, include_deferred=False))


def facts_of(name: str) -> MetadataFacts:
    return read_facts(f"sqlite:///{FIXTURES / name}.sqlite")


def test_what_airflow_2_wrote_into_sqlite() -> None:
    facts = facts_of("airflow-2.11")
    assert (facts.dialect, facts.revision) == ("sqlite", "5f2621c13b39")
    assert facts.pools == (
        Pool("default_pool", 128, include_deferred=False),
        Pool("etl", 7, include_deferred=True),
    )
    assert (facts.dag_count, facts.unpaused_dag_count, facts.dag_files) == (3, 2, 1)
    assert facts.parse_s_per_file is None
    assert (facts.connections, facts.max_connections, facts.connections_used) == (None, None, None)


def test_what_airflow_3_wrote_into_sqlite() -> None:
    facts = facts_of("airflow-3.3")
    assert facts.revision == "d2f4e1b3c5a7"
    assert facts.pools == (
        Pool("db_pool", 3, include_deferred=False),
        Pool("default_pool", 128, include_deferred=False),
    )
    assert (facts.dag_count, facts.unpaused_dag_count, facts.dag_files) == (11, 11, 11)
    assert facts.parse_s_per_file == pytest.approx(0.1648, abs=0.001)
    assert facts.origin.kind is OriginKind.DATABASE
    assert str(facts.origin).endswith("metadata/airflow-3.3.sqlite")


def test_reading_leaves_the_file_as_it_was(sqlite_file: Path) -> None:
    before = sqlite_file.read_bytes()
    sqlite_file.chmod(0o444)
    read_facts(f"sqlite:///{sqlite_file}")
    assert sqlite_file.read_bytes() == before
    assert list(sqlite_file.parent.iterdir()) == [sqlite_file]


def test_postgresql(postgres_url: str) -> None:
    facts = read_facts(postgres_url.replace("postgresql:", "postgresql+psycopg2:"))
    _check(facts, "postgresql")
    assert facts.connections is not None
    # PostgreSQL's own default of 100, 3 of them reserved; the role may have 40.
    assert (facts.connections.most, facts.connections.reserved, facts.connections.granted) == (100, 3, 40)
    assert facts.max_connections == 40
    assert facts.connections_used is not None
    assert 1 <= facts.connections_used <= 10


def test_mariadb(mariadb_url: str) -> None:
    facts = read_facts(mariadb_url.replace("mysql:", "mysql+mysqldb:"))
    _check(facts, "mariadb")
    assert facts.connections == ServerConnections(most=151, reserved=0, granted=None, used=1)
    assert facts.max_connections == 151


def _check(facts: MetadataFacts, dialect: str) -> None:
    """Two active files, one with two DAGs; what is stale does not count."""
    assert (facts.dialect, facts.revision, facts.pools) == (dialect, "d2f4e1b3c5a7", POOLS)
    assert (facts.dag_count, facts.unpaused_dag_count, facts.dag_files) == (3, 2, 2)
    assert facts.parse_s_per_file == pytest.approx(1.0)


def test_a_database_of_something_else_is_named(empty_file: Path) -> None:
    with pytest.raises(SourceError, match="not Airflow's: it has no table alembic_version") as caught:
        read_facts(f"sqlite:///{empty_file}")
    assert caught.value.exit_code == 3
    assert caught.value.where == f"sqlite+pysqlite:///{empty_file}"
    assert "airflow db migrate" in caught.value.remedy


def test_another_database_of_the_server_is_not_airflows(postgres_url: str) -> None:
    with pytest.raises(SourceError, match="it has no table alembic_version"):
        read_facts(postgres_url.replace("/airflow?", "/other?"))


def test_a_database_that_was_never_filled(airflow_3_file: Path) -> None:
    with sqlite3.connect(airflow_3_file) as connection:
        connection.executescript("DELETE FROM alembic_version; DELETE FROM slot_pool; DELETE FROM dag")
    connection.close()
    facts = read_facts(f"sqlite:///{airflow_3_file}")
    assert (facts.revision, facts.pools, facts.dag_count) == (None, (), 0)
    assert facts.parse_s_per_file is None


def test_before_2_7_no_pool_counted_deferred_task_instances(airflow_3_file: Path) -> None:
    with sqlite3.connect(airflow_3_file) as connection:
        connection.execute("ALTER TABLE slot_pool DROP COLUMN include_deferred")
    connection.close()
    assert not any(pool.include_deferred for pool in read_facts(f"sqlite:///{airflow_3_file}").pools)


def test_usable_connections_are_the_smaller_bound() -> None:
    assert ServerConnections(most=100, reserved=3, granted=None, used=1).usable == 97
    assert ServerConnections(most=100, reserved=3, granted=200, used=1).usable == 97
