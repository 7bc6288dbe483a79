from __future__ import annotations

import pytest

from airflow_tune.errors import nearest


@pytest.mark.parametrize(
    ("name", "known", "told"),
    [
        ("AFT2O1", ("AFT213", "AFT201", "AFT101"), 'did you mean "AFT201"?'),
        ("batch-elt", ("sensors-heavy", "batch-etl"), 'did you mean "batch-etl"?'),
        ("x", ("b", "a"), "known: a, b"),
        ("x", (), "known: "),
    ],
)
def test_a_slip_is_answered_with_the_nearest_name(name, known, told):
    assert nearest(name, known) == told
