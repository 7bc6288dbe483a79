"""What must never be shown: passwords in URLs, and values whose names say that they are secret."""

from __future__ import annotations

import re

MASK = "***"

# user:password@ of a URL. A password may hold any sign, even an unescaped @ or /, so everything up to
# the last @ is taken for it, but no further than the next URL of a list such as Celery's brokers: one
# that follows a separator, for a password may hold :// as well.
_PASSWORD = re.compile(
    r"(?P<kept>[a-z][a-z0-9+.\-]*://[^\s:/@]*:)(?:(?![;,][a-z][a-z0-9+.\-]*://)\S)*@", re.IGNORECASE
)

_WORDS = (
    r"passw(?:or)?d|passphrase|passcode|pwd|secret|token|credential|api_?key|access_?key|private_?key"
    r"|fernet_?key|account_?key|authorization|keyfile"
)
# name=value of a query or keyword DSN, "name": "value" of JSON.
_PAIR = re.compile(
    rf"(?P<kept>[\w.\-]*(?:{_WORDS})[\w.\-]*[\"']?\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s&;,}}\]\"']+)",
    re.IGNORECASE,
)
_QUERY = re.compile(rf"(?P<kept>[?&][\w.\-]*(?:{_WORDS})[\w.\-]*=)[^\s&;]+", re.IGNORECASE)
_NAME = re.compile(rf"{_WORDS}|sql_alchemy_conn|broker_url|result_backend$|_dsn$|basic_auth", re.IGNORECASE)


def redact_url(text: str) -> str:
    """Return `text` with every password of its URLs masked; user, host and path stay."""
    if "://" in text:
        text = _PASSWORD.sub(rf"\g<kept>{MASK}@", text)
    return _QUERY.sub(rf"\g<kept>{MASK}", text) if "=" in text else text


def redact(text: str) -> str:
    """Return `text` with passwords of URLs masked, and values behind names such as `password=`."""
    # Most texts hold no pair at all, and looking for one costs.
    text = redact_url(text)
    return _PAIR.sub(rf"\g<kept>{MASK}", text) if "=" in text or ":" in text else text


def looks_sensitive(name: str) -> bool:
    """Return whether an option, variable or field of this name usually holds a secret.

    The words are those of Airflow's `DEFAULT_SENSITIVE_FIELDS` and of the options that its
    config.yml flags as sensitive.
    """
    return _NAME.search(name) is not None
