"""The host: the cores and memory that the kernel will really grant this process, and why not more."""

from __future__ import annotations

from airflow_tune.host.model import Host, HostLimit, Resource
from airflow_tune.host.reading import read_host

__all__ = ["Host", "HostLimit", "Resource", "read_host"]
