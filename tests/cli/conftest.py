from __future__ import annotations

import inspect

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application


def runner():
    """Return a runner that keeps stdout and stderr apart: releases before click 8.2 have to be asked."""
    apart = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}
    return CliRunner(**apart)


@pytest.fixture
def tune():
    """Run the command line; what it raises is raised."""

    def run(*args, stdin=None):
        found = runner().invoke(application(), [str(arg) for arg in args], input=stdin)
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
