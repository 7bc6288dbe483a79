from __future__ import annotations

import gc
import weakref

import pytest

from airflow_tune.dags import garbage
from airflow_tune.dags.garbage import Garbage, uncollected


class Circle:
    def __init__(self):
        self.own = self


@pytest.mark.parametrize(("growth", "asked", "kept"), [(-1, 4, False), (-1, 3, True), (10**12, 4, True)])
def test_garbage_is_collected_once_the_process_has_grown(monkeypatch, growth, asked, kept):
    monkeypatch.setattr(garbage, "GROWTH", growth)
    monkeypatch.setattr(garbage, "EACH", 4)
    try:
        with uncollected():
            watch = Garbage()
            circle = weakref.ref(Circle())
            for _ in range(asked):
                watch.collect()
            assert (circle() is not None) is kept
    finally:
        gc.unfreeze()
    assert gc.isenabled()
