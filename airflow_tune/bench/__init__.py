"""Micro-benchmarks of this host: what they measure, how, and what is made of the values."""

from __future__ import annotations
