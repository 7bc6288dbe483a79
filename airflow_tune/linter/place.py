"""Where results are kept unless another folder is named."""

from __future__ import annotations

import os.path


def default_place() -> str:
    """Return the folder: airflow-tune below XDG_CACHE_HOME, else below ~/.cache."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = home if os.path.isabs(home) else os.path.expanduser("~/.cache")  # noqa: PTH111, PTH117 - see answer.py
    return os.path.join(base, "airflow-tune")  # noqa: PTH118
