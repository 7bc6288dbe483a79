"""When a slot got free again: what others did meanwhile narrows it down."""

from __future__ import annotations

import numpy as np
import pytest

from airflow_tune.diagnose.waits.holding import Holding
from airflow_tune.diagnose.waits.slot_free import slot_free

S = 1_000_000
TAIL = 5 * S
END = 100 * S


def held(*spans):
    """Make a Holding of (queued, started, end) in seconds; `started` None for what still waits."""
    queued, started, end = (
        np.array([(span[at] if span[at] is not None else 999) * S for span in spans]) for at in range(3)
    )
    return Holding(np.arange(len(spans)), queued, started, end, queued)


OWN = (80, 90, 100)
BESIDE = (80, 90, 120)


@pytest.mark.parametrize(
    ("others", "slots", "expected"),
    [
        ([], 2, (100, 105)),
        # Another starts, and with it all slots run: ours is free by then.
        ([BESIDE, (99, 102, 120)], 2, (102, 102)),
        # It starts where there was room anyway.
        ([(99, 102, 120)], 3, (100, 105)),
        # Something waits all the time, and nobody starts it.
        ([BESIDE, (99, None, 999)], 2, (105, 105)),
        ([BESIDE, (99, 103, 120)], 2, (103, 103)),
        # Nothing waits: an idle slot proves nothing.
        ([BESIDE], 2, (100, 105)),
        ([BESIDE, (99, None, 999)], 0, (100, 105)),
    ],
    ids=["alone", "taken", "room", "refused", "refused, then taken", "idle", "slots unknown"],
)
def test_it_got_free_between_what_the_others_prove(others, slots, expected):
    found = slot_free(held(OWN, *others), END, slots, TAIL)
    assert tuple(moment / S for moment in found) == expected


def test_without_a_tail_it_is_free_at_the_end():
    assert slot_free(held(OWN), END, 2, 0) == (END, END)
