"""What the demo shows: analyze and recommend on the demo home, and what to try next."""

from __future__ import annotations

from pathlib import Path

from airflow_tune.diagnose.consistency.checks import inconsistencies
from airflow_tune.installation.read import Sources, read_installation
from airflow_tune.recommend.engine import recommend
from airflow_tune.report.advice import advice_text
from airflow_tune.report.analysis import analysis_text

# The version whose mistakes the demo's airflow.cfg makes.
VERSION = "3.3.2"


def tour(home: Path, *, width: int, colour: bool) -> str:
    """Return both reports of the demo home and three commands to go on with.

    The caller's own Airflow variables do not count: the demo is the same everywhere.
    """
    deployment = home / "deployment.yaml"
    installation = read_installation(
        Sources(airflow_home=home, dags=home / "dags", deployment=deployment, airflow_version=VERSION, env={})
    )
    flags = (
        f"--airflow-home {home} --dags {home / 'dags'} --deployment {deployment} --airflow-version {VERSION}"
    )
    parts = (
        f"$ airflow-tune analyze {flags}\n",
        analysis_text(installation, inconsistencies(installation), width=width, colour=colour),
        f"\n$ airflow-tune recommend {flags}\n",
        advice_text(recommend(installation), width=width, colour=colour),
        "\nTry next:",
        f"  airflow-tune recommend {flags} --explain core.parallelism",
        f"  airflow-tune recommend {flags} --write-cfg",
        f"  airflow-tune restore --cfg {home / 'airflow.cfg'} --list\n",
    )
    return "\n".join(parts)
