"""How many rows belong in one transaction of a SQLite file: what a commit costs."""

from __future__ import annotations

from airflow_tune.bench.kit.database.place import Place
from airflow_tune.bench.kit.database.writing import CommitWriting

_WRITING = CommitWriting(Place.SQLITE)
prepare = _WRITING.prepare
WORKLOAD = _WRITING.workload("sqlite-commit", "How many rows belong in one transaction of a SQLite file?")
