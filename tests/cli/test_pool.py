"""Scenarios played in threads, in processes and on a real Dask cluster: the same everywhere."""

from __future__ import annotations

import socket

import pytest

from airflow_tune.cli.pool import playing
from airflow_tune.errors import SourceError


def test_threads_play_where_the_compiled_simulation_is():
    with playing(2, None) as executor:
        assert executor.submit(pow, 2, 5).result() == 32


def test_processes_play_where_it_is_not(monkeypatch):
    monkeypatch.setattr("airflow_tune.simulate.native.LIBRARY", "/nowhere.so")
    with playing(2, None) as executor:
        assert type(executor).__name__ == "ProcessPoolExecutor"
        assert executor.submit(pow, 2, 5).result() == 32


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_plays_as_well():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp://"
        ) as cluster,
        playing(None, cluster.scheduler_address) as executor,
    ):
        assert executor.submit(pow, 2, 5).result() == 32


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_is_not_there_is_told_of(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("airflow_tune.cli.pool.CONNECT_S", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SourceError, match="could not be reached"), playing(None, f"tcp://127.0.0.1:{port}"):
        pass
