"""Who asks, and where: URL, environment, or the person at the terminal."""

from __future__ import annotations

import pytest

from airflow_tune.api.access import PASSWORD, TOKEN, USER, access_of
from airflow_tune.errors import UsageError


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://host:8080", "http://host:8080"),
        (" https://host/ ", "https://host"),
        ("https://host/airflow/api/v2/", "https://host/airflow"),
        ("http://[::1]:8080/api/v2", "http://[::1]:8080"),
        ("http://ada:pw@host:1/x?y#z", "http://host:1/x"),
    ],
)
def test_the_base_url_is_what_stands_before_the_api(url, base):
    assert access_of(url, {}, None, 10).base == base


@pytest.mark.parametrize("url", ["", "host:8080", "ftp://host", "http://", "http://host:port", "http://[::1"])
def test_what_is_no_url_of_a_web_server_is_refused(url):
    with pytest.raises(UsageError, match="no URL of an API server") as caught:
        access_of(url, {}, None, 10)
    assert caught.value.exit_code == 2
    assert "write one such as" in str(caught.value)


def test_a_refused_url_is_shown_without_its_password():
    with pytest.raises(UsageError) as caught:
        access_of("ftp://ada:hush 7@host", {}, None, 10)
    assert "hush" not in str(caught.value)


def test_a_user_in_the_url_goes_before_the_environment():
    env = {TOKEN: "t", USER: "bob", PASSWORD: "pb"}
    found = access_of("http://ada:p%2Fw@host", env, None, 10)
    assert (found.user, found.password, found.token) == ("ada", "p/w", "")
    found = access_of("http://ada@host", env, None, 10)
    assert (found.user, found.password) == ("ada", "pb")


def test_a_token_goes_before_user_and_password():
    found = access_of("http://host", {TOKEN: "t", USER: "bob", PASSWORD: "pb"}, None, 10)
    assert (found.user, found.password, found.token) == ("", "", "t")


def test_a_person_is_asked_for_what_is_missing_only():
    asked = []

    def ask(what, hidden):
        asked.append((what, hidden))
        return "typed"

    found = access_of("http://host", {USER: "bob"}, ask, 10)
    assert (found.user, found.password) == ("bob", "typed")
    assert asked == [("Password of bob", True)]
    asked.clear()
    access_of("http://host", {}, ask, 10)
    assert [hidden for _, hidden in asked] == [False, True]
    asked.clear()
    access_of("http://host", {TOKEN: "t"}, ask, 10)
    assert asked == []


def test_no_spelling_of_a_secret_is_shown():
    found = access_of("http://ada:p%2Fw%20x@host", {}, None, 10)
    assert "p/w" not in repr(found)
    masked = found.masked("p/w x, p%2Fw%20x, p%2Fw+x, http://u:other@h")
    assert masked == "***, ***, ***, http://u:***@h"
