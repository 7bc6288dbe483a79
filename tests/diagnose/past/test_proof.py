"""How many at once the hosts can be trusted with, by a fit whose answer is known."""

from __future__ import annotations

import math

import pytest

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
    found = prove([fit(0.0, 0.0, 8), fit(0.0, 0.0, 4, where="host:w2"), fit(0.5, 0.1, 9, where="pool:p")])
    assert (found.hosts, found.most, found.slots, found.cut, found.tries) == (2, 12, 24, False, 400)
    assert found.stretch(8) == 1.0
    assert prove([fit(0.0, 0.0, 8, where="queue:default")]) is None
