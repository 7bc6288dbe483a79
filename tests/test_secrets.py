import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from airflow_tune.secrets import looks_sensitive, redact, redact_url


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql+psycopg2://air:hunter2@db:5432/air", "postgresql+psycopg2://air:***@db:5432/air"),
        ("postgresql://air:hun@ter/2?@db/air", "postgresql://air:***@db/air"),
        ("redis://:hunter2@h:6379/0", "redis://:***@h:6379/0"),
        ("sentinel://:hunter2@a:1;sentinel://:hunter3@b:2", "sentinel://:***@a:1;sentinel://:***@b:2"),
        ("db+mysql://u:hunter2@h/d?sslpassword=hunter3&x=1", "db+mysql://u:***@h/d?sslpassword=***&x=1"),
        ("sqlite:////tmp/a.db", "sqlite:////tmp/a.db"),
        ("http://host:8080/path", "http://host:8080/path"),
        ("mysql://user@host/d", "mysql://user@host/d"),
        ("", ""),
    ],
)
def test_urls(text, shown):
    assert redact_url(text) == shown
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    ['{"password": "hunter2"}', "host=h password=hunter2 dbname=d", "api_key: hunter2", "token='hunter2 x'"],
)
def test_names_that_give_a_secret_away(text):
    assert "hunter2" not in redact(text)
    assert "***" in redact(text)


@given(st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters="/:"), min_size=9))
def test_no_password_of_a_url_comes_through(password):
    around = "postgresql://airflow:{}@db:5432/airflow"
    assume(password not in around)  # a password such as "postgresql" stands there anyway
    assert password not in redact_url(around.format(password))


@pytest.mark.parametrize(
    "name",
    ["fernet_key", "smtp_password", "SECRET_KEY", "sql_alchemy_conn", "jwt_secret", "flower_basic_auth"],
)
def test_names_that_sound_secret(name):
    assert looks_sensitive(name)


@pytest.mark.parametrize("name", ["parallelism", "dags_folder", "workers", "executor", "statsd_host"])
def test_names_that_do_not(name):
    assert not looks_sensitive(name)
