"""The workloads, one module each; bench.catalog lists them."""

from __future__ import annotations
