"""How many at once the hosts can be trusted with, by a fit whose answer is known."""

from __future__ import annotations

import math

import pytest

from airflow_tune.diagnose.past.concurrency import Usage
from airflow_tune.diagnose.past.contention import Contention
from airflow_tune.diagnose.past.proof import bearable, prove


def fit(sigma, kappa, most, *, where="host:w1", best=math.inf, tries=200):
    return Contention(
        where=where,
        tries=tries,
        sigma=sigma,
        sigma_half_width=0.01,
        kappa=kappa,
        kappa_half_width=0.001,
        best=best,
        most=most,
        slowed_s=0.0,
    )


@pytest.mark.parametrize(
    ("sigma", "kappa", "most", "best", "expected"),
    [
        pytest.param(0.0, 0.0, 8, math.inf, 16, id="no-slowdown-but-only-so-much-was-tried"),
        pytest.param(0.0, 0.01, 8, math.inf, 8, id="never-below-what-ran-unless-certain"),
        pytest.param(0.0, 0.01, 16, 10.0, 5, id="certain-that-it-falls"),
        pytest.param(-0.1, -0.01, 4, math.inf, 8, id="noise-below-nought"),
        pytest.param(0.9, 0.5, 3, 0.4, 1, id="one-is-the-least"),
    ],
)
def test_slots_that_are_worth_having(sigma, kappa, most, best, expected):
    assert bearable(fit(sigma, kappa, most, best=best)) == expected


def test_hosts_add_up():
    fits = [fit(0.0, 0.0, 8), fit(0.0, 0.0, 4, where="host:w2"), fit(0.5, 0.1, 9, where="pool:p")]
    found = prove(fits, None)
    assert (found.hosts, found.most, found.slots, found.cut, found.fitted) == (2, 12, 24, False, True)
    assert found.stretch(8) == 1.0
    assert "400 task instances" in str(found.fit.origin)


def used(peak, size=8):
    return Usage("parallelism", size, peak, 0.0, 0.0, 0.0, never_binds=peak < size)


def test_without_a_fit_what_ran_is_all_that_is_known():
    other = [fit(0.0, 0.0, 8, where="queue:default")]
    assert prove(other, None) is None
    assert prove(other, used(0)) is None
    found = prove(other, used(5))
    assert (found.most, found.slots, found.fitted) == (5, 5, False)


def test_a_full_limit_grows_by_half_where_nothing_else_is_known():
    found = prove([], used(8))
    assert (found.most, found.slots, found.fitted) == (8, 12, False)
