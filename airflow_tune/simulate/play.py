"""Play a workload: the one way in, whatever the simulation runs on."""

from __future__ import annotations

from airflow_tune.simulate.machine import Simulation
from airflow_tune.simulate.native import library, play_native
from airflow_tune.simulate.plan import Plan
from airflow_tune.simulate.played import Played
from airflow_tune.simulate.system import System


def play(plan: Plan, system: System, seed: int = 0) -> Played:
    """Return what becomes of `plan` under `system`; the same arguments give the same bytes."""
    return play_plain(plan, system, seed) if library() is None else play_native(plan, system, seed)


def play_plain(plan: Plan, system: System, seed: int = 0) -> Played:
    """As `play`, in Python alone."""
    return Simulation(plan, system, seed).played()
