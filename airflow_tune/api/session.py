"""A conversation with one API server: logged in, patient with a server that is busy or restarts."""

from __future__ import annotations

import json
from contextlib import suppress
from threading import Lock
from typing import Any

from airflow_tune.api import trouble
from airflow_tune.api.access import Access
from airflow_tune.api.paging import Row
from airflow_tune.api.trouble import Answer
from airflow_tune.errors import SourceError
from airflow_tune.versions import AirflowVersion

try:
    from airflow_client import client as airflow_client
    from urllib3.exceptions import HTTPError, MaxRetryError
    from urllib3.util import Retry
except ImportError:  # an extra brings them
    raise trouble.no_client() from None

TIMEOUT_S = (10.0, 120.0)
"""To connect, and between two bytes of an answer: a page of 1000 rows takes a busy server seconds."""
IN_FLIGHT = 4
"""Requests at a time: an API server has one worker by default, more would only queue there."""
AGAIN = frozenset({429, 500, 502, 503, 504})
OK, CREATED, UNAUTHORIZED, FORBIDDEN, MISSING = 200, 201, 401, 403, 404
PATIENT = Retry(total=10, backoff_factor=0.5, backoff_max=15, backoff_jitter=0.5, allowed_methods=None)
"""Some 90 s in all: a restart of Airflow's API server takes 10 to 40."""
HASTY = Retry(total=1, backoff_factor=0.5, allowed_methods=None)
"""For a server that never answered so far: the URL is more likely wrong than the server restarting."""


class Session:
    """Asks one API server; may be used by IN_FLIGHT threads at once.

    Raises SourceError where the server cannot be reached, is no Airflow 3, or does not let the user in;
    every question raises it where the answer is not to be had.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self._client = airflow_client.ApiClient(_configuration(access))
        self._login = Lock()
        self._retry = HASTY
        self._token = ""
        self.version = self._version()
        self._retry = PATIENT
        self._let_in(self._token)

    def close(self) -> None:
        """Close the connections."""
        self._client.rest_client.pool_manager.clear()

    def rows(self, name: str, api: str, method: str, *args: object, **named: object) -> list[Row]:
        """Return the list called `name` in what `ask` returns; an empty one where there is no such thing."""
        answer = self.ask(api, method, *args, **named)
        if answer is None:
            return []
        if not isinstance(answer, dict) or not isinstance(answer.get(name), list):
            raise trouble.not_airflow(self.access, f"/api/v2 ({method})", f"its answer has no {name}")
        return list(answer[name])

    def ask(self, api: str, method: str, *args: object, **named: object) -> Any:  # noqa: ANN401 - any JSON
        """Return the JSON that `method` of the client's class `api` gets; None where there is no such thing.

        Raises SourceError where the server refuses or fails again and again.
        """
        call = getattr(getattr(airflow_client, api)(self._client), f"{method}_without_preload_content")
        path = f"/api/v2 ({method})"
        token = self._token
        answer = self._answered(path, lambda: call(*args, **named, _request_timeout=TIMEOUT_S))
        if _knows_no_token(answer):
            # A token runs out, and a server with another secret after its restart knows none of before.
            self._let_in(token)
            answer = self._answered(path, lambda: call(*args, **named, _request_timeout=TIMEOUT_S))
        if answer.status == MISSING:
            return None
        if answer.status != OK:
            raise trouble.refused(self.access, path, answer)
        return self._json(path, answer)

    def _version(self) -> AirflowVersion:
        path = "/api/v2/version"
        answer = self._get(path)
        with suppress(ValueError, KeyError, TypeError):
            return AirflowVersion(json.loads(answer.body)["version"])
        if answer.location:
            raise trouble.refused(self.access, path, answer)
        older = self._get("/api/v1/version")
        with suppress(ValueError, KeyError, TypeError):
            raise trouble.airflow_2(self.access, str(json.loads(older.body)["version"]))
        raise trouble.not_airflow(self.access, path, f"it answers {answer.status} without a version")

    def _let_in(self, refused_token: str) -> None:
        """Get a token, unless another thread has got one since `refused_token` was refused."""
        with self._login:
            if self._token != refused_token:
                return
            if self.access.token and refused_token:
                raise trouble.refused(self.access, "", Answer(UNAUTHORIZED, ""))
            self._token = self.access.token or self._new_token()
            self._client.set_default_header("Authorization", f"Bearer {self._token}")

    def _new_token(self) -> str:
        """Log in; where no user is given, Airflow's simple auth manager may let everybody in."""
        path, access = "/auth/token", self.access
        known = {"username": access.user, "password": access.password}
        answer = self._post(path, known) if access.user else self._get(path)
        if answer.status not in {OK, CREATED}:
            raise trouble.not_let_in(access, answer)
        with suppress(KeyError, TypeError):
            return str(self._json(path, answer)["access_token"])
        raise trouble.not_let_in(access, answer)

    def _get(self, path: str) -> Answer:
        send = self._client.rest_client.request
        return self._answered(path, lambda: send("GET", self.access.base + path, _request_timeout=TIMEOUT_S))

    def _post(self, path: str, body: dict[str, str]) -> Answer:
        send, url = self._client.rest_client.request, self.access.base + path
        kind = {"Content-Type": "application/json"}
        return self._answered(
            path, lambda: send("POST", url, headers=kind, body=body, _request_timeout=TIMEOUT_S)
        )

    def _answered(self, path: str, send: Any) -> Answer:  # noqa: ANN401 - a call of the client
        """Send until there is an answer that will not change by waiting, as long as patience lasts."""
        retry = self._retry
        while True:
            answer, response, error = None, None, None
            try:
                sent = send()
                response = getattr(sent, "response", sent)
                # Reading is part of the attempt: a server may die in the middle of its answer.
                body = response.data.decode("utf-8", "replace")
                answer = Answer(response.status, body, _location(response))
            except (HTTPError, airflow_client.ApiException, OSError) as found:
                error = found
            if answer and answer.status not in AGAIN:
                return answer
            try:
                # To Retry all errors are alike: it would not send again after some, for fear of doing twice.
                retry = retry.increment(error=error and HTTPError(), response=response)
            except MaxRetryError:
                raise self._given_up(path, answer, error) from None
            retry.sleep(response if answer else None)

    def _given_up(self, path: str, answer: Answer | None, error: Exception | None) -> SourceError:
        if answer:
            return trouble.refused(self.access, path, answer)
        return trouble.unreachable(self.access, path, error or TimeoutError())

    def _json(self, path: str, answer: Answer) -> Any:  # noqa: ANN401 - any JSON
        try:
            return json.loads(answer.body)
        except ValueError:
            raise trouble.not_airflow(self.access, path, "what it answers is no JSON") from None


def _knows_no_token(answer: Answer) -> bool:
    """Return whether the token is at fault; one of another secret gets 403 (`security.py:get_user`)."""
    return answer.status == UNAUTHORIZED or (answer.status == FORBIDDEN and "token" in answer.body.lower())


def _configuration(access: Access) -> Any:  # noqa: ANN401 - the client's
    found = airflow_client.Configuration(host=access.base, retries=False)
    # Clients before 3.2 take it by no other way.
    found.connection_pool_maxsize = IN_FLIGHT
    return found


def body(kind: str, **fields: object) -> Any:  # noqa: ANN401 - the client's
    """Return the client's body called `kind` of a listing by POST."""
    return getattr(airflow_client, kind)(**fields)


def _location(response: Any) -> str:  # noqa: ANN401 - a response of the client
    return str(response.headers.get("location") or "") if 300 <= response.status < 400 else ""  # noqa: PLR2004
