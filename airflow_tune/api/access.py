"""Where an API server is, and who asks: a URL, and a user's password or a token from the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, unquote, urlsplit, urlunsplit

from airflow_tune.errors import UsageError
from airflow_tune.secrets import MASK, redact

TOKEN = "AIRFLOW_TUNE_API_TOKEN"  # noqa: S105 - the name of a variable
USER = "AIRFLOW_TUNE_API_USER"
PASSWORD = "AIRFLOW_TUNE_API_PASSWORD"  # noqa: S105 - likewise
_API = "/api/v2"


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """The `base` URL of an API server (without a password), and what proves who asks.

    Either `token` or `user` and `password`; none of them where the server may let everybody in.
    `page_limit` is how many rows are asked for at a time.
    """

    base: str
    user: str = ""
    password: str = ""
    token: str = ""
    page_limit: int = 100

    def __repr__(self) -> str:
        return f"Access({self.base!r})"

    def masked(self, text: str) -> str:
        """Return `text` without the password and the token, however a URL would spell them."""
        for secret in filter(None, (self.password, self.token)):
            for spelling in {secret, quote(secret, safe=""), quote_plus(secret)}:
                text = text.replace(spelling, MASK)
        return redact(text)


Ask = Callable[[str, bool], str]
"""Asks a person: what for, and whether what is typed stays hidden."""


def access_of(url: str, env: Mapping[str, str], ask: Ask | None, page_limit: int) -> Access:
    """Return the access to the API server at `url`, with what `env` says of user, password and token.

    A user in the URL goes before the environment's. `ask` asks for what is missing; None where there is
    nobody to ask. Raises UsageError where `url` is no URL of a web server.
    """
    base, user, password = _taken_apart(url)
    token = "" if user else env.get(TOKEN, "")
    if token:
        return Access(base, token=token, page_limit=page_limit)
    user = user or env.get(USER, "")
    password = password or env.get(PASSWORD, "")
    if ask is not None and not (user and password):
        user = user or ask(f"User of {base}", False)  # noqa: FBT003 - as Ask has it
        password = password or ask(f"Password of {user}", True)  # noqa: FBT003
    return Access(base, user, password, page_limit=page_limit)


def _taken_apart(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError(
            "this is no URL of an API server",
            where=f"--api {redact('_'.join(url.split()))}",
            remedy="write one such as https://airflow.example.com",
        )
    place = f"[{host}]" if ":" in host else host
    path = parts.path.rstrip("/").removesuffix(_API)
    base = urlunsplit((parts.scheme, place if port is None else f"{place}:{port}", path, "", ""))
    return base, unquote(parts.username or ""), unquote(parts.password or "")
