from __future__ import annotations

import pytest

from airflow_tune.apply.change import Change
from airflow_tune.apply.layout import read_layout
from airflow_tune.apply.proof import prove
from airflow_tune.errors import ApplyError

BEFORE = b"# mine\n[core]\nparallelism = 32\n  # note\nother = a\n\n[x]\nb = 1"
GOOD = BEFORE.replace(b"parallelism = 32", b"# airflow-tune: was 32: why\nparallelism = 16")
CHANGES = [Change("core", "parallelism", "16", "why")]


def test_a_good_edit_passes():
    prove(read_layout(BEFORE, "airflow.cfg"), GOOD, CHANGES)


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (BEFORE, "core.parallelism would change as well"),
        (GOOD.replace(b"other = a", b"other = b"), "core.other would change as well"),
        (GOOD.replace(b"other = a\n", b""), "core.other would change as well"),
        (GOOD.replace(b"other", b"  other"), "core.other, core.parallelism would change as well"),
        (GOOD + b"\nnew = 1", "x.new would change as well"),
        (GOOD.replace(b"parallelism = 16", b"n = 16\nparallelism = %(n)s"), "core.n would change as well"),
        (GOOD.replace(b"b = 1", b"b = 50%"), "the result would be unreadable"),
        (GOOD + b"\nb = 1", "the result would be unreadable"),
        (GOOD.replace(b"# mine\n", b""), "lines of other options would change as well"),
        (GOOD.replace(b"  # note\n", b"# note\n"), "lines of other options would change as well"),
        (GOOD.replace(b"other = a\n", b"other = a\r\n"), "lines of other options would change as well"),
        (GOOD.replace(b"other = a", b"other=a"), "lines of other options would change as well"),
        (GOOD + b"\n# more", "lines of other options would change as well"),
        (GOOD.replace(b"\n\n", b"\n"), "lines of other options would change as well"),
    ],
)
def test_a_damaged_one_does_not(damaged, said):
    with pytest.raises(ApplyError) as refused:
        prove(read_layout(BEFORE, "airflow.cfg"), damaged, CHANGES)
    assert said in str(refused.value)
    assert "make them by hand" in str(refused.value)


def test_a_value_that_only_comes_out_right_is_not_as_written():
    before = read_layout(b"[core]\nn = 16\nparallelism = 32\n", "airflow.cfg")
    with pytest.raises(ApplyError, match="a value would not be kept as written"):
        prove(before, b"[core]\nn = 16\nparallelism = %(n)s\n", CHANGES)
