"""Work that takes longer beside more of its kind, on a history that shows it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from airflow_tune.diagnose.past.contention import Contention
from airflow_tune.simulate.stretch import certain_fits, play_stretched


@pytest.fixture
def alone(situation_of, quick):
    """The real workload with slots for everything, and the law it is to follow."""
    situation = quick(situation_of("E1"))
    where = "pool:default_pool"
    return situation, Contention(where, 200, 0.0, 0.0, 0.01, 0.001, 10.0, 40, 100.0)


def worked(situation, fits):
    work = situation.workload()
    plan, played = play_stretched(situation.history, work, situation.system, 0, fits)
    return work.plan.stints.work_s, plan.stints.work_s, played


def test_nothing_is_stretched_without_a_certain_fit(alone):
    situation, _ = alone
    assert certain_fits(situation.history) == ()
    before, after, _ = worked(situation, ())
    assert after is before


def test_more_beside_one_another_take_longer_and_fewer_less(alone):
    situation, fit = alone
    before, crowded, _ = worked(situation.with_system(parallelism=64), (fit,))
    _, calm, _ = worked(situation.with_system(parallelism=2), (fit,))
    assert crowded.sum() > 1.2 * before.sum()
    assert calm.sum() < before.sum()


def test_the_replay_is_hardly_stretched(alone):
    situation, fit = alone
    before, after, _ = worked(situation, (fit,))
    assert after.sum() == pytest.approx(before.sum(), rel=0.1)


def test_other_pools_are_left_alone(alone):
    situation, fit = alone
    before, after, _ = worked(situation, (replace(fit, where="pool:elsewhere"),))
    assert np.array_equal(before, after)
