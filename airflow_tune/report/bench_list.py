"""The workloads of the bench, as text and as JSON (`airflow-tune/bench-list/1`)."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_tune.bench.workload import Workload
from airflow_tune.report.jsonable import dump
from airflow_tune.report.page import Page

LIST_SCHEMA = "airflow-tune/bench-list/1"


def list_text(found: Sequence[Workload], *, width: int, colour: bool) -> str:
    """Return one line for each workload: its name and what it asks."""
    page = Page(width=width, colour=colour)
    page.table([(one.name, one.question) for one in found], indent=0)
    return page.text()


def list_json_text(found: Sequence[Workload]) -> str:
    """Return the names, questions and units."""
    workloads = [{"name": one.name, "question": one.question, "unit": one.unit} for one in found]
    return dump({"schema": LIST_SCHEMA, "workloads": workloads})
