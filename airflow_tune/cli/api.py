"""The API server that flags and environment name, and asking who asks where there is a person."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from airflow_tune.api.access import Access


def access(url: str | None, page_limit: int) -> Access | None:
    """Return the access that --api `url` means, None where it is not given.

    What the environment does not say of user and password is asked for, where a person is at the terminal.
    """
    if url is None:
        return None
    from airflow_tune.api.access import access_of

    person = sys.stdin.isatty() and sys.stderr.isatty()
    return access_of(url, os.environ, _ask if person else None, page_limit)


def _ask(what: str, hidden: bool) -> str:  # noqa: FBT001 - as access_of calls it
    return str(typer.prompt(what, hide_input=hidden, err=True))
