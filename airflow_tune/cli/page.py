"""`analyze --format html`: what is drawn and advised beside what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_tune.diagnose.past.verdict import Verdict
    from airflow_tune.diagnose.waits.machinery import Machinery
    from airflow_tune.findings import Finding
    from airflow_tune.installation.model import Installation
    from airflow_tune.installation.past import Past


def analysis_page(
    installation: Installation, findings: Sequence[Finding], found: tuple[Past, Machinery, Verdict] | None
) -> str:
    """Return the page on `installation`, with advice, and pictures of its past where one was read."""
    from airflow_tune.recommend.engine import recommend
    from airflow_tune.report.html.page import analysis_html

    if found is None:
        return analysis_html(installation, findings, None, None, recommend(installation))
    from airflow_tune.diagnose.past.lessons import learn
    from airflow_tune.diagnose.past.pictures import take_pictures

    past, machinery, verdict = found
    pictures = take_pictures(past.history, machinery, verdict)
    advised = recommend(installation, learn(past.history, machinery, verdict))
    return analysis_html(installation, findings, verdict, pictures, advised)
