from __future__ import annotations

from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind


def test_equal_values_of_one_origin_are_equal():
    origin = Origin(OriginKind.FILE, "a.yaml", 3)
    assert Measured(1, origin) == Measured(1, origin)
    assert Measured(1, origin) != Measured(1, Origin(OriginKind.FILE, "a.yaml", 4))
