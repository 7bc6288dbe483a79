"""The deployment: which components run where, how large each is, and what the database allows.

`reading` is imported where a file is read: few runs are given one.
"""

from __future__ import annotations

from airflow_tune.deployment.component import Component, Size, WorkerGroup
from airflow_tune.deployment.database import Database, Pooler
from airflow_tune.deployment.local import local_deployment
from airflow_tune.deployment.model import Deployment

__all__ = [
    "Component",
    "Database",
    "Deployment",
    "Pooler",
    "Size",
    "WorkerGroup",
    "local_deployment",
]
