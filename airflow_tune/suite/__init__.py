"""What a run of `bench` found, as values and as the document `airflow-tune/bench/1`."""

from __future__ import annotations
