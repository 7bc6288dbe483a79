"""docs/workloads.md names every workload, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from airflow_tune.bench.catalog import NAMES

PAGE = Path(__file__).parents[2] / "docs" / "workloads.md"


def test_each_workload_has_its_row():
    rows = re.findall(r"^\| (`.*?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(re.findall(r"`([\w-]+)`", " ".join(rows))) == sorted(NAMES)
