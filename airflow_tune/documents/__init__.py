"""YAML files that users write (deployments, profiles): read safely, checked whole, every line known."""

from __future__ import annotations

from airflow_tune.documents.loading import load_document, parse_document
from airflow_tune.documents.model import Document, Problem
from airflow_tune.documents.schema import load_schema

__all__ = ["Document", "Problem", "load_document", "load_schema", "parse_document"]
