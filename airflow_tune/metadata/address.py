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
            remedy="write one such as postgresql://USER:PASSWORD@HOST:5432/airflow",
        ) from None
    spelled, _, asked = url.drivername.partition("+")
    kind = _SPELLINGS.get(spelled, spelled)
    if kind not in _DRIVERS:
        raise SourceError(
            f'Airflow keeps no metadata in "{kind}"',
            where=shown(url),
            remedy="give the URL of a PostgreSQL, MySQL or SQLite database",
        )
    return url.set(drivername=f"{kind}+{_driver(kind, asked, url)}")


def shown(url: URL) -> str:
    """Return the URL as it may be shown: without any password."""
    return redact(url.render_as_string(hide_password=True))


def _driver(kind: str, asked: str, url: URL) -> str:
    """Return the driver asked for, or else the first one that is there, with a dialect to use it."""
    installed = [name for name, module in _DRIVERS[kind].items() if find_spec(module)]
    usable = [name for name in installed if _known(kind, name)]
    if usable:
        return asked if asked in usable else usable[0]
    if installed:
        tried = f"this SQLAlchemy cannot use the driver {installed[0]}"
        other = next(name for name in _DRIVERS[kind] if name not in installed)
        raise SourceError(tried, where=shown(url), remedy=f"pip install {other} beside it, or SQLAlchemy 2")
    raise SourceError(
        f"no driver for {kind} is installed",
        where=shown(url),
        remedy=f'pip install "airflow-tune[{_EXTRAS[kind]}]"',
    )


def _known(kind: str, name: str) -> bool:
    """Return whether SQLAlchemy has a dialect for the driver: 1.4 has none for psycopg 3."""
    try:
        registry.load(f"{kind}.{name}")
    except NoSuchModuleError:
        return False
    return True
