"""How many rows belong in one transaction of the database of --db-url: what a commit costs."""

from __future__ import annotations

from airflow_tune.bench.kit.database.place import Place
from airflow_tune.bench.kit.database.writing import CommitWriting

_WRITING = CommitWriting(Place.URL)
prepare = _WRITING.prepare
WORKLOAD = _WRITING.workload(
    "db-commit", "How many rows belong in one transaction of the database of --db-url?"
)
