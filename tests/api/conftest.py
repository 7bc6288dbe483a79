"""Sessions that give up soon: patience is told by counting, not by waiting."""

from __future__ import annotations

import pytest

PASSWORD = "s3cret/Wort"


@pytest.fixture
def session_of(monkeypatch):
    """Return a function that logs in at a stand-in, to ask it at most five times without a pause."""
    session = pytest.importorskip("airflow_tune.api.session", exc_type=Exception)
    from airflow_tune.api.access import Access  # noqa: PLC0415 - after the extra was found

    quick = session.PATIENT.new(total=5, backoff_factor=0, backoff_jitter=0)
    monkeypatch.setattr(session, "PATIENT", quick)
    monkeypatch.setattr(session, "HASTY", quick.new(total=1))

    def open_at(url, user="ada", password=PASSWORD, **rest):
        return session.Session(Access(url, user, password, **rest))

    return open_at
