"""What a real PostgreSQL sends after COPY becomes columns: compiled and in numpy the same."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from airflow_tune.history import copy_native, copy_plain
from airflow_tune.history.copy_native import NativeTaker
from airflow_tune.history.copy_plain import PlainTaker
from airflow_tune.history.copying import NUMBER, TIME, Column, Layout, copied, texts

psycopg = pytest.importorskip("psycopg", reason="beside SQLAlchemy 1.4 there is none")
LAYOUT = Layout(
    5,
    (
        Column(0, 0, 1),
        Column(1, 1, 1),
        Column(NUMBER, 2, 2, -7),
        Column(TIME, 3, 3),
        Column(NUMBER, 4, 4),
        Column(0, 0, 1),
    ),
)
NAT = np.iinfo(np.int64).min
EDGES = """
    SELECT * FROM (VALUES
        ('a', 'b', 1, timestamptz '1969-12-31 23:59:59.999999+00', 2147483647),
        (NULL, 'b', NULL, NULL, NULL),
        ('', NULL, -2147483648, 'infinity', 0),
        ('a', 'b', 0, '-infinity', 5),
        ('ab', '', 3, '294276-12-31 23:59:59.999999+00', 6),
        ('ä🚀', 'b', 4, '9999-12-31 23:59:59.999999+00', 7)) AS edges(one, two, number, moment, other)
"""
built = pytest.mark.skipif(copy_native.library() is None, reason="built without a C compiler")


@pytest.fixture(scope="module")
def url(postgres_url):
    return (
        make_url(postgres_url("copying")).set(drivername="postgresql").render_as_string(hide_password=False)
    )


@pytest.fixture(scope="module")
def pgconn(url):
    with psycopg.connect(url) as connection:
        yield connection.pgconn


def made(way, pgconn):
    """Return the taker for `pgconn` that works in this way."""
    if way == "numpy":
        return PlainTaker(pgconn)
    return NativeTaker.of(pgconn) or pytest.skip("built without a C compiler")


@pytest.fixture(params=["compiled", "numpy"])
def taker(request, pgconn):
    return made(request.param, pgconn)


@pytest.fixture(params=["compiled", "numpy"])
def lost(request, url):
    """A connection of its own, which the test may lose, and its taker."""
    connection = psycopg.connect(url)
    yield SimpleNamespace(pgconn=connection.pgconn, taker=made(request.param, connection.pgconn))
    connection.close()


def taken(pgconn, taker, query, most=1000, layout=LAYOUT):
    """Return the columns and the names of `query`."""
    names = [taker.codes(), taker.codes(most)]
    columns = copied(pgconn, query, taker, layout, names)
    return columns, [one.keys() for one in names]


def test_edges_are_read(pgconn, taker):
    columns, (pairs, names) = taken(pgconn, taker, EDGES)
    assert [list(texts(key, "utf-8")) for key in pairs] == [
        ["a", "b"], [None, "b"], ["", None], ["ab", ""], ["ä🚀", "b"],
    ]  # fmt: skip
    assert [list(texts(key, "utf-8")) for key in names] == [["b"], [None], [""]]
    assert columns[0].tolist() == columns[5].tolist() == [0, 1, 2, 0, 3, 4]
    assert columns[1].tolist() == [0, 0, 1, 0, 2, 0]
    assert columns[2].tolist() == [1, -7, -(2**31), 0, 3, 4]
    assert columns[4].tolist() == [2**31 - 1, 0, 0, 5, 6, 7]
    moments = columns[3].tolist()
    assert moments[:5] == [-1, NAT, NAT, NAT, NAT]
    assert columns[3].view("datetime64[us]")[5] == np.datetime64("9999-12-31T23:59:59.999999")


@built
@pytest.mark.parametrize("rows", [0, 1, 6, 7, 8, 70_001])
def test_both_ways_give_the_same_bytes(pgconn, rows, monkeypatch):
    monkeypatch.setattr(copy_plain, "CHUNK_ROWS", max(7, rows // 3))
    monkeypatch.setattr(copy_native, "BLOCK_ROWS", max(7, rows // 3))
    query = f"""
        SELECT 'name ' || (n * 7919) % 3001, repeat('x', n % 23), nullif(n % 5, 0),
            timestamptz '2026-01-01' + n * interval '1 ms', -n
        FROM generate_series(1, {rows}) AS n"""  # noqa: S608 - a number
    compiled = taken(pgconn, NativeTaker.of(pgconn), query, most=9)
    plain = taken(pgconn, PlainTaker(pgconn), query, most=9)
    assert compiled[1] == plain[1]
    assert [one.dtype for one in compiled[0]] == [one.dtype for one in plain[0]]
    for one, other in zip(*(found[0] for found in (compiled, plain)), strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(compiled[0][0]) == rows


def test_names_beyond_the_most_have_no_code(pgconn, taker):
    query = "SELECT 'a', 'n' || n % 4, n, now(), n FROM generate_series(0, 7) AS n"
    columns, (_, names) = taken(pgconn, taker, query, most=2)
    assert columns[1].tolist() == [0, 1, -1, -1, 0, 1, -1, -1]
    assert len(names) == 2


def test_names_are_kept_from_one_table_to_the_next(pgconn, taker):
    names = [taker.codes(), taker.codes()]
    for query, expected in ((EDGES, [0, 0, 1, 0, 2, 0]), ("SELECT 'a', '', 1, now(), 2", [2])):
        assert copied(pgconn, query, taker, LAYOUT, names)[1].tolist() == expected


def test_a_server_that_refuses_is_heard(pgconn, taker):
    pgconn.exec_(b"ROLLBACK")
    with pytest.raises(OperationalError, match="does not exist"):
        taken(pgconn, taker, "SELECT * FROM none_such")
    with pytest.raises(OperationalError, match="division by zero"):
        taken(pgconn, taker, "SELECT 'a', 'b', 1 / (n - 900), now(), 1 FROM generate_series(1, 1000) AS n")
    assert taken(pgconn, taker, EDGES)[1]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 'a', 'b', 1, now()",
        "SELECT 'a', 'b', 1::bigint, now(), 2",
        "SELECT 'a', 'b', 1, 5, 2",
        "SELECT 'a', 'b', 1::smallint, now(), 2 FROM generate_series(1, 10)",
    ],
    ids=["too few fields", "a wide number", "a number for a time", "a narrow number"],
)
def test_what_is_not_as_asked_for_is_no_answer(lost, query):
    with pytest.raises(OperationalError, match="not answered as PostgreSQL answers it"):
        taken(lost.pgconn, lost.taker, query)


def test_a_connection_that_ends_half_way_is_an_error(lost):
    # The backend ends itself after some rows were sent.
    query = """
        SELECT 'a', 'b', 1, now(), CASE n WHEN 5000 THEN pg_terminate_backend(pg_backend_pid())::int END
        FROM generate_series(1, 100000) AS n"""
    with pytest.raises(OperationalError, match=r"terminat|closed"):
        taken(lost.pgconn, lost.taker, query)


@built
def test_the_driver_written_in_python_is_read_in_numpy():
    class Own:
        """As psycopg's driver in Python, whose module is no library."""

    assert NativeTaker.of(Own()) is None
