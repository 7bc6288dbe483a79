"""Values that are known only if the code ran as it was read."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.dags.model import Unknown


@dataclass(slots=True, eq=False)
class Doubted(Unknown):
    """What a name holds if the code that bound it ran: the value is its `default`."""


CONTAINERS = (list, dict, tuple, set, frozenset)
"""Their contents are doubted by the container, which the reading keeps in mind."""
