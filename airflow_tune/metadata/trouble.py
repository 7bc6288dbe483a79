"""From what a driver says to what a user can do, without a password in it."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

from sqlalchemy.engine import URL

from airflow_tune.errors import SourceError
from airflow_tune.metadata.address import shown
from airflow_tune.secrets import MASK, redact

# What PostgreSQL, MySQL, MariaDB and SQLite say, in lower case → what to do about it.
_REMEDIES = (
    (("statement timeout", "maximum statement execution time", "max_statement_time", "interrupted"),
     "try again when the database is less busy, or remove old rows with `airflow db clean`"),
    (("password", "access denied", "authentication", "no pg_hba.conf entry"),
     "check user and password in sql_alchemy_conn, and that the server lets this user in from here"),
    (("too many", "remaining connection slots", "max_connections"),
     "the server has no connection left: try again, or end some of those that are open"),
    (("permission denied", "command denied"),
     "let this user read Airflow's tables"),
    (("unknown database", "does not exist", "unable to open", "not a database", "malformed"),
     "check the name of the database, and that it is the one that Airflow uses"),
)  # fmt: skip
_OTHERWISE = "check host and port, and that this machine may reach the server"


def refusal(error: Exception, url: URL, tried: str) -> SourceError:
    """Return the SourceError for what was `tried` at `url` and ended in the driver's `error`."""
    said = _said(error, url)
    remedy = next(
        (remedy for needles, remedy in _REMEDIES if any(n in said.lower() for n in needles)), _OTHERWISE
    )
    return SourceError(f"{tried}: {said}", where=shown(url), remedy=remedy)


def _said(error: Exception, url: URL) -> str:
    """Return the first line of the driver's own words.

    SQLAlchemy would add statement and parameters, and MySQL's drivers wrap their text in a tuple.
    """
    cause = getattr(error, "orig", None) or error
    words = cause.args[-1] if cause.args and isinstance(cause.args[-1], str) else str(cause)
    first = next(filter(None, map(str.strip, words.splitlines())), type(cause).__name__)
    return redact(_without_password(first, url))


def _without_password(text: str, url: URL) -> str:
    password = "" if url.password is None else str(url.password)
    for spelling in {password, quote(password, safe=""), quote_plus(password)} - {""}:
        text = text.replace(spelling, MASK)
    return text
