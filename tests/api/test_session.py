"""One server, in all moods: busy, restarting, dying in the middle of an answer, and not Airflow at all."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import threading

import pytest

from airflow_tune.errors import SourceError
from airflow_tune.secrets import MASK

POOLS = ("pools", "PoolApi", "get_pools")


def pools(session):
    return sorted(row["name"] for row in session.rows(*POOLS, limit=10, offset=0))


def refused(open_at, *args, **named):
    with pytest.raises(SourceError) as caught:
        open_at(*args, **named)
    assert caught.value.exit_code == 3
    assert caught.value.remedy
    assert "s3cret" not in str(caught.value)
    return str(caught.value)


def test_a_user_is_let_in_and_asks(stand_in, session_of):
    server = stand_in()
    session = session_of(server.url)
    assert str(session.version) == "3.3.2"
    assert pools(session) == ["db_pool", "default_pool"]
    session.close()


@pytest.mark.parametrize("fault", [429, 500, 502, 503, 504, "reset", "cut"])
def test_what_passes_is_waited_for(stand_in, session_of, fault):
    server = stand_in()
    session = session_of(server.url)
    server.faults = [fault] * 5
    assert pools(session) == ["db_pool", "default_pool"]
    assert server.faults == []
    session.close()


def test_patience_ends(stand_in, session_of):
    server = stand_in()
    session = session_of(server.url)
    server.faults = [500] * 6
    text = refused(lambda: pools(session))
    assert "the API server fails: 500 made to fail" in text
    assert "look into the API server's log" in text
    server.faults = [429] * 6
    assert "too much to do, time and again" in refused(lambda: pools(session))
    session.close()


def test_a_restart_in_between_is_survived_though_the_server_then_knows_no_token_of_before(
    stand_in, session_of, monkeypatch
):
    from airflow_tune.api import session as module  # noqa: PLC0415 - an extra

    server = stand_in()
    session = session_of(server.url)
    monkeypatch.setattr(session, "_retry", module.PATIENT.new(total=100, backoff_factor=0.01))
    server.stop()
    server.tokens = {"t-1"}
    restart = threading.Timer(0.1, server.start)
    restart.start()
    assert pools(session) == ["db_pool", "default_pool"]
    restart.join()
    session.close()


def test_a_server_that_stays_away_is_told_of(stand_in, session_of):
    server = stand_in()
    session = session_of(server.url)
    server.stop()
    text = refused(lambda: pools(session))
    assert "could not be reached" in text
    assert "Connection refused" in text
    server.start()
    session.close()


def test_a_token_that_is_refused_is_not_tried_for_ever(stand_in, session_of):
    server = stand_in()
    session = session_of(server.url, "", "", token="t-0")
    assert pools(session)
    server.tokens = {"t-1"}
    text = refused(lambda: pools(session))
    assert "does not accept who asks" in text
    assert "t-0" not in text
    session.close()


def test_a_wrong_password_and_nobody_are_not_let_in(stand_in, session_of):
    server = stand_in()
    text = refused(session_of, server.url, password="s3cret/wrong")
    assert "does not let ada in: wrong user or password" in text
    assert "AIRFLOW_TUNE_API_TOKEN" in text
    assert "asks who is there" in refused(session_of, server.url, "", "")
    server.everybody = True
    session = session_of(server.url, "", "")
    assert pools(session)
    session.close()


def test_an_auth_manager_without_passwords_is_told_of(stand_in, session_of):
    server = stand_in()
    server.faults = [None, 405]
    assert "gives no token for a password (405)" in refused(session_of, server.url)


def test_a_user_who_may_not_read_is_told(stand_in, session_of):
    server = stand_in()
    session = session_of(server.url)
    server.forbidden = True
    text = refused(lambda: pools(session))
    assert "refuses this user: 403 Forbidden" in text
    assert "Viewer" in text
    session.close()


def test_airflow_2_is_told_apart(stand_in, session_of):
    server = stand_in()
    server.version = "2.11.2"
    text = refused(session_of, server.url)
    assert "this is Airflow 2.11.2" in text
    assert "--db" in text


def test_what_is_not_airflow_is_told(stand_in, session_of):
    server = stand_in()
    text = refused(session_of, f"{server.url}/other")
    assert "no API of Airflow 3 answers here" in text


def test_a_redirect_is_told_and_not_followed(stand_in, session_of):
    server = stand_in()
    server.faults = [308]
    text = refused(session_of, server.url)
    assert "the server sends on to https://elsewhere.example/api/v2/version" in text


def test_an_answer_without_its_rows_is_told(stand_in, session_of, monkeypatch):
    server = stand_in()
    session = session_of(server.url)
    monkeypatch.setattr(server, "pools", lambda _: {"else": 1})
    assert "its answer has no pools" in refused(lambda: pools(session))
    monkeypatch.setattr(server, "pools", lambda _: "<html>")
    assert "what it answers is no JSON" in refused(lambda: pools(session))
    session.close()


def test_no_such_thing_is_none(stand_in, session_of):
    session = session_of(stand_in().url)
    assert session.ask("TaskApi", "get_tasks", "no such dag") is None
    session.close()


def test_names_and_ports_without_a_server_are_told(session_of):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        text = refused(session_of, f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert "Connection refused" in text
    assert "check the name of the host" in refused(session_of, "http://nowhere.invalid")


def test_a_server_that_speaks_no_tls_and_one_with_an_unknown_ca_are_told(stand_in, session_of, tmp_path):
    server = stand_in()
    text = refused(session_of, server.url.replace("http", "https"))
    assert "SSL_CERT_FILE" in text
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [shutil.which("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    url = server.url.replace("http", "https")
    assert "certificate verify failed" in refused(session_of, url)
    os.environ["SSL_CERT_FILE"] = str(cert)
    try:
        session_of(url).close()
    finally:
        del os.environ["SSL_CERT_FILE"]


def test_what_a_server_says_is_shown_without_the_password(stand_in, session_of, monkeypatch):
    server = stand_in()
    session = session_of(server.url)
    said = "no s3cret/Wort, no s3cret%2FWort"
    monkeypatch.setattr(server, "pools", lambda _: 1 / 0)
    server.faults = [400]
    monkeypatch.setattr(type(server), "detail", said, raising=False)
    from airflow_tune.api import trouble  # noqa: PLC0415 - what a server may say is its own affair

    answer = trouble.Answer(400, f'{{"detail": "{said}"}}')
    text = str(trouble.refused(session.access, "/x", answer))
    assert f"400 no {MASK}, no {MASK}" in text
    session.close()
