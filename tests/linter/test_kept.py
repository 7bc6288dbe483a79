"""What the rules' fixtures leave behind can all be kept: else every run would find it anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_tune.lint.catalog import BUILT_IN
from airflow_tune.lint.options import Options
from airflow_tune.linter.kept import dumped, loaded
from airflow_tune.linter.reading import Reader, content_of

FIXTURES = Path(__file__).parent.parent / "fixtures" / "lint"
FILES = sorted(FIXTURES.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_results_come_back_as_they_were(path):
    result = Reader(BUILT_IN.files).examined(path, Options(), content_of(path))
    if result is not None:
        again = loaded(dumped(result))
        assert again is not None
        assert (again.findings, again.comments, again.notes) == (
            result.findings,
            result.comments,
            result.notes,
        )
        assert repr(again.facts) == repr(result.facts)
