from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.dialects import registry
from sqlalchemy.exc import NoSuchModuleError

from airflow_tune.errors import SourceError
from airflow_tune.metadata import address
from airflow_tune.metadata.address import parse_address, shown


def installed(
    monkeypatch: pytest.MonkeyPatch, *modules: str, dialects: tuple[str, ...] | None = None
) -> None:
    """Let only these driver modules, and these dialects of SQLAlchemy, be there."""
    monkeypatch.setattr(address, "find_spec", lambda name: name if name in modules else None)
    if dialects is not None:

        def load(name: str) -> None:
            if name not in dialects:
                raise NoSuchModuleError

        monkeypatch.setattr(registry, "load", load)


@pytest.mark.parametrize(
    ("spelled", "modules", "driver"),
    [
        ("postgresql://", ("psycopg", "psycopg2"), "postgresql+psycopg"),
        ("postgres://", ("psycopg2",), "postgresql+psycopg2"),
        ("postgresql+psycopg2://", ("psycopg", "psycopg2"), "postgresql+psycopg2"),
        ("postgresql+psycopg2://", ("psycopg",), "postgresql+psycopg"),
        ("postgresql+asyncpg://", ("psycopg2",), "postgresql+psycopg2"),
        ("mysql://", ("pymysql", "MySQLdb"), "mysql+pymysql"),
        ("mysql+mysqldb://", ("pymysql", "MySQLdb"), "mysql+mysqldb"),
        ("mysql+mysqlconnector://", ("MySQLdb",), "mysql+mysqldb"),
        ("mariadb+pymysql://", ("pymysql",), "mysql+pymysql"),
        ("sqlite://", ("sqlite3",), "sqlite+pysqlite"),
    ],
)
def test_the_driver_asked_for_or_else_one_that_is_there(
    monkeypatch: pytest.MonkeyPatch, spelled: str, modules: tuple[str, ...], driver: str
) -> None:
    every = tuple(f"{kind}.{name}" for kind, names in address._DRIVERS.items() for name in names)
    installed(monkeypatch, *modules, dialects=every)
    url = parse_address(f" {spelled}user:secret@host/airflow?sslmode=require\n")
    assert url.drivername == driver
    assert (url.password, url.query["sslmode"]) == ("secret", "require")


def test_sqlalchemy_1_4_knows_no_psycopg_3(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "psycopg", "psycopg2", dialects=("postgresql.psycopg2",))
    assert parse_address("postgresql+psycopg://host/airflow").drivername == "postgresql+psycopg2"


def test_sqlalchemy_1_4_with_psycopg_3_alone_asks_for_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "psycopg", dialects=("postgresql.psycopg2",))
    with pytest.raises(SourceError) as caught:
        parse_address("postgresql://airflow:secret@host/airflow")
    assert str(caught.value) == (
        "postgresql://airflow:***@host/airflow: this SQLAlchemy cannot use the driver psycopg\n"
        "  → pip install psycopg2 beside it, or SQLAlchemy 2"
    )


@pytest.mark.parametrize(("kind", "extra"), [("postgresql", "postgres"), ("mysql", "mysql")])
def test_a_missing_driver_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, kind: str, extra: str
) -> None:
    installed(monkeypatch)
    with pytest.raises(SourceError) as caught:
        parse_address(f"{kind}://airflow:secret@host/airflow")
    assert str(caught.value) == (
        f"{kind}://airflow:***@host/airflow: no driver for {kind} is installed\n"
        f'  → pip install "airflow-tune[{extra}]"'
    )


def test_no_other_database_holds_metadata() -> None:
    with pytest.raises(SourceError) as caught:
        parse_address("mssql+pyodbc://sa:secret@host/airflow")
    assert str(caught.value) == (
        'mssql+pyodbc://sa:***@host/airflow: Airflow keeps no metadata in "mssql"\n'
        "  → give the URL of a PostgreSQL, MySQL or SQLite database"
    )


@pytest.mark.parametrize(
    "text", ["", "airflow.db", "postgresql:/u:hunter2@h", "postgresql://u:hunter2@h:port/db"]
)
def test_what_is_no_url_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="this is no URL of a database") as caught:
        parse_address(text)
    assert "postgresql://USER:PASSWORD@HOST:5432/airflow" in caught.value.remedy


def test_secrets_of_the_query_are_masked_too() -> None:
    url = parse_address("sqlite:///a.db?password=hunter2&sslpassword=hunter2")
    assert "hunter2" not in shown(url)


@given(st.text(st.characters(codec="utf-8"), min_size=6, max_size=20))
@example("hunter2@host:port")
@example("hunter2/a:b")
@example("000://")
def test_no_refusal_repeats_a_password(password: str) -> None:
    secret = "bait" + password
    for text in (f"mssql://u:{secret}@h/db", f"postgresql://u:{secret}@h:port/db"):
        with pytest.raises(SourceError) as caught:
            parse_address(text)
        assert "bait" not in str(caught.value)
