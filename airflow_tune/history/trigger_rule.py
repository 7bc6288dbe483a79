"""Trigger rules by what they make a task wait for: the last upstream task, the first, or none.

Read in Airflow's `ti_deps/deps/trigger_rule_dep.py`.
"""

from __future__ import annotations

ALL = 0
FIRST = 1
NO_UPSTREAM = 2

_FIRST = {"one_success", "one_failed", "one_done"}
_NO_UPSTREAM = {"always", "dummy"}


def kind(rule: str) -> int:
    """Return ALL, FIRST or NO_UPSTREAM for the trigger rule `rule` (any other waits for all)."""
    if rule in _FIRST:
        return FIRST
    return NO_UPSTREAM if rule in _NO_UPSTREAM else ALL
