"""A value together with the place that it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from airflow_tune.origins import Origin

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Measured(Generic[T_co]):
    """A value that can say where it comes from; its unit is named by the field that holds it."""

    value: T_co
    origin: Origin
