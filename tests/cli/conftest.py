from __future__ import annotations

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application


@pytest.fixture
def tune():
    """Run the command line; what it raises is raised."""

    def run(*args, stdin=None):
        found = CliRunner().invoke(application(), [str(arg) for arg in args], input=stdin)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found

    return run


@pytest.fixture(autouse=True, scope="session")
def _results_are_kept_here(tmp_path_factory):
    """Keep the user's own cache out of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
