"""From a URL as Airflow spells it to a URL that a driver installed here understands."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from types import MappingProxyType

from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from airflow_tune.errors import SourceError
from airflow_tune.secrets import redact

# Driver by its name in SQLAlchemy → the module that must be there; the preferred ones first.
_DRIVERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "postgresql": {"psycopg": "psycopg", "psycopg2": "psycopg2"},
        "mysql": {"pymysql": "pymysql", "mysqldb": "MySQLdb"},
        "sqlite": {"pysqlite": "sqlite3"},
    }
)
_EXTRAS = MappingProxyType({"postgresql": "postgres", "mysql": "mysql"})
# SQLAlchemy dropped the spelling postgres:// in 1.4; MariaDB speaks MySQL's protocol.
_SPELLINGS = MappingProxyType({"postgres": "postgresql", "mariadb": "mysql"})


def parse_address(text: str) -> URL:
    """Return the URL in `text`, with the driver that is installed here.

    The driver that the URL names is kept where it is installed. Raises SourceError, without the
    password, for what is no URL, no database of Airflow's, or a database without a driver.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise SourceError(
            "this is no URL of a database",
            where=redact("_".join(text.split())),  # a blank would end what looks like a password
            todo="write one such as postgresql://USER:PASSWORD@HOST:5432/airflow",
        ) from None
    spelled, _, asked = url.drivername.partition("+")
    kind = _SPELLINGS.get(spelled, spelled)
    if kind not in _DRIVERS:
        raise SourceError(
            f'Airflow keeps no metadata in "{kind}"',
            where=shown(url),
            todo="give the URL of a PostgreSQL, MySQL or SQLite database",
        )
    return url.set(drivername=f"{kind}+{_driver(kind, asked, url)}")


def shown(url: URL) -> str:
    """Return the URL as it may be shown: without any password."""
    return redact(url.render_as_string(hide_password=True))


def _driver(kind: str, asked: str, url: URL) -> str:
    installed = [name for name, module in _DRIVERS[kind].items() if _usable(name, module)]
    if not installed:
        raise SourceError(
            f"no driver for {kind} is installed",
            where=shown(url),
            todo=f'pip install "airflow-tune[{_EXTRAS[kind]}]"',
        )
    return asked if asked in installed else installed[0]


def _usable(name: str, module: str) -> bool:
    """Return whether a driver and its dialect are there: SQLAlchemy 1.4 knows no psycopg 3."""
    kind = next(kind for kind, drivers in _DRIVERS.items() if name in drivers)
    try:
        registry.load(f"{kind}.{name}")
    except NoSuchModuleError:
        return False
    return find_spec(module) is not None
