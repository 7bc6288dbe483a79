"""The metadata DB, read and never written: how to connect to it, and the facts that sizing needs.

Importing this costs 0.2 s, since SQLAlchemy comes with it: import it where it is used.
"""

from __future__ import annotations

from airflow_tune.metadata.connection import open_metadata
from airflow_tune.metadata.facts import read_facts
from airflow_tune.metadata.model import MetadataFacts, Pool

__all__ = ["MetadataFacts", "Pool", "open_metadata", "read_facts"]
