"""The effective configuration of an Airflow: every option's value, where it was read, and what lost."""

from __future__ import annotations

from airflow_tune.settings.detection import DetectedVersion, detect_version
from airflow_tune.settings.ignored import IgnoredOption
from airflow_tune.settings.load import load_settings
from airflow_tune.settings.rename import Fate
from airflow_tune.settings.setting import Setting, Shadowed
from airflow_tune.settings.settings import Settings

__all__ = [
    "DetectedVersion",
    "Fate",
    "IgnoredOption",
    "Setting",
    "Settings",
    "Shadowed",
    "detect_version",
    "load_settings",
]
