"""What workloads are made of: workers, records, servers and tables, and the words of their answers."""

from __future__ import annotations
