import pytest

from airflow_tune.settings import load_settings
from airflow_tune.versions import AirflowVersion


@pytest.fixture
def settings_of(tmp_path):
    """Return settings from the text of a file and an environment, by default of Airflow 3.3.2."""

    def load(cfg=None, env=None, version="3.3.2", **given):
        if cfg is not None:
            (tmp_path / "airflow.cfg").write_text(cfg, encoding="utf-8")
        return load_settings(version=AirflowVersion(version), home=tmp_path, env=env or {}, **given)

    return load
