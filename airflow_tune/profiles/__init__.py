"""Workload profiles: what tasks of a kind need, where nobody measured it yet.

The profiles that ship stand in `profiles/*.yaml`; users write their own and extend one of these.
"""

from __future__ import annotations

from airflow_tune.profiles.loading import load_profile
from airflow_tune.profiles.model import Profile
from airflow_tune.profiles.shelf import profile_names

__all__ = ["Profile", "load_profile", "profile_names"]
