"""From what a server or the way to it says, to what a user can do; no token or password is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from airflow_tune.api.access import PASSWORD, TOKEN, USER, Access
from airflow_tune.errors import SourceError

_LONGEST = 200
_CREDENTIALS = f"set {USER} and {PASSWORD}, or {TOKEN}"
# What stands in the words of a failed connection, in lower case → what to do about it.
_REMEDIES = (
    (("certificate", "ssl", "tls", "wrong version number"),
     "check the URL (http or https); a private CA is trusted by naming its file in SSL_CERT_FILE"),
    (("name or service", "resolve", "nodename", "getaddrinfo", "name resolution"),
     "check the name of the host"),
    (("proxy",), "check HTTP_PROXY, HTTPS_PROXY and NO_PROXY"),
)  # fmt: skip
_OTHERWISE = "check host and port, and that the API server runs and may be reached from here"
_BY_STATUS: Mapping[int, tuple[str, str]] = {
    401: ("does not accept who asks", f"log in anew: {_CREDENTIALS}"),
    403: ("refuses this user", "let the user read DAGs, DAG runs, task instances and pools (Viewer may)"),
    404: ("does not know this", "check the URL, and the path under which a proxy serves Airflow"),
    429: ("has too much to do, time and again", "try again later"),
}


class Answer(NamedTuple):
    """What came back: the status, the body as text, and where a redirect would lead."""

    status: int
    body: str
    location: str = ""


def unreachable(access: Access, path: str, error: Exception) -> SourceError:
    """Return the SourceError for a request that got no answer, or half of one."""
    said = access.masked(_innermost(error))
    remedy = next(
        (remedy for needles, remedy in _REMEDIES if any(n in said.lower() for n in needles)), _OTHERWISE
    )
    return SourceError(
        f"the API server could not be reached: {said}", where=access.base + path, remedy=remedy
    )


def _innermost(error: BaseException) -> str:
    """Return the words of the first cause; urllib3 wraps it, and repeats the URL, at each level."""
    reason: Any = getattr(error, "reason", None)
    while isinstance(deeper := getattr(reason, "reason", None), BaseException):
        reason = deeper
    text = str(reason or error) or type(error).__name__
    # "HTTPConnection(host='x', port=1): Failed to ..." says the URL once more.
    head, _, tail = text.partition(": ")
    return " ".join((tail if head.startswith(("HTTP", "<urllib3")) and tail else text).split())[:_LONGEST]


def refused(access: Access, path: str, answer: Answer) -> SourceError:
    """Return the SourceError for an answer of another status than was asked for."""
    where = access.base + path
    if answer.location:
        return SourceError(
            f"the server sends on to {access.masked(answer.location)}",
            where=where,
            remedy="give --api the URL where that leads",
        )
    tried, remedy = _BY_STATUS.get(answer.status, ("fails", "look into the API server's log, and try again"))
    detail = _detail(answer.body)
    said = f"the API server {tried}: {answer.status}{f' {access.masked(detail)}' if detail else ''}"
    return SourceError(said, where=where, remedy=remedy)


def _detail(body: str) -> str:
    """Return Airflow's own words; what else a proxy may have answered is left out."""
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    detail = found.get("detail") if isinstance(found, dict) else None
    return " ".join(str(detail).split())[:_LONGEST] if detail else ""


def not_airflow(access: Access, path: str, why: str) -> SourceError:
    """Return the SourceError for a server that is not Airflow's API of 3.x."""
    return SourceError(
        f"no API of Airflow 3 answers here: {why}",
        where=access.base + path,
        remedy="give --api the URL of the API server, without /api/v2",
    )


def airflow_2(access: Access, version: str) -> SourceError:
    """Return the SourceError for a webserver of Airflow 2."""
    return SourceError(
        f"this is Airflow {version}, whose REST API does not give what is needed",
        where=access.base,
        remedy="read its metadata DB with --db, or a snapshot of it with --snapshot",
    )


def not_let_in(access: Access, answer: Answer) -> SourceError:
    """Return the SourceError for a login that failed."""
    where = access.base + "/auth/token"
    if not access.user:
        return SourceError("the API server asks who is there", where=where, remedy=_CREDENTIALS)
    if answer.status in {401, 403, 422}:
        return SourceError(
            f"the API server does not let {access.user} in: wrong user or password ({answer.status})",
            where=where,
            remedy=_CREDENTIALS,
        )
    return SourceError(
        f"the API server gives no token for a password ({answer.status})",
        where=where,
        remedy=f"get a token where you log in otherwise, and set {TOKEN}",
    )


def no_client() -> SourceError:
    """Return the SourceError for a missing library."""
    return SourceError(
        "reading the REST API needs apache-airflow-client",
        remedy='pip install "airflow-tune[api]"',
    )
