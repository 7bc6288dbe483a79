"""How many rows belong in one write to a SQLite file: row by row, executemany, and in bulk.

All variants write as many rows in one transaction, so that only the batches differ.
"""

from __future__ import annotations

from airflow_tune.bench.kit.database.place import Place
from airflow_tune.bench.kit.database.writing import BatchWriting

_WRITING = BatchWriting(Place.SQLITE)
prepare = _WRITING.prepare
WORKLOAD = _WRITING.workload("sqlite-write", "How many rows belong in one write to a SQLite file?")
