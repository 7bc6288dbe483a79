"""The kernel's own count of having a CPU and waiting for one."""

from __future__ import annotations

from airflow_tune.bench.measure import holdup


def test_work_is_counted():
    with holdup.watching() as watch:
        begin = watch()
        sum(range(2_000_000))
        end = watch()
    assert 0.001 < end.ran_s - begin.ran_s < 5
    assert end.held_s >= begin.held_s


def test_where_the_kernel_does_not_count_nothing_is_known(monkeypatch, tmp_path):
    monkeypatch.setattr(holdup, "_SCHEDSTAT", str(tmp_path / "none"))
    with holdup.watching() as watch:
        assert watch() == (0.0, 0.0)
