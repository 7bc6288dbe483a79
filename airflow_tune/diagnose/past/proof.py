"""How many task instances the hosts have borne side by side, and how many more they can be trusted with.

By the Universal Scalability Law that was fitted (see contention), N at once get done what
X(N) = N / (1 + σ(N - 1) + κN(N - 1)) of them would alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind, assumed

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.concurrency import Usage
    from airflow_tune.diagnose.past.contention import Contention

HOST = "host:"
WORTH = 0.5
"""A slot that adds less than half of what it alone would do is not worth its memory; judgement."""
UNPROVEN_STEP = 1.5
"""Where nothing tells whether more at once slow each other, a full limit grows by half; judgement."""
STEP = 2
"""Beyond twice what ran at once nothing was tried: the law is not trusted further; judgement."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the history shows of the hosts together: `most` ran at once, `slots` may.

    `cut` says whether the law set `slots`, rather than what was tried. `sigma` and `kappa` are those of
    the host with most tries; `fit` is the law as it was fitted, with its 95 % half widths. Where too
    little ran twice to fit one, `fitted` is False and `sigma` and `kappa` are 0.
    """

    hosts: int
    most: int
    slots: int
    cut: bool
    sigma: float
    kappa: float
    fit: Measured[str]
    fitted: bool = True

    def stretch(self, each: float) -> float:
        """Return how many times as long as alone a task takes with `each` side by side on a host."""
        return _stretch(self.sigma, self.kappa, each)


def _stretch(sigma: float, kappa: float, each: float) -> float:
    return 1 + max(sigma, 0) * (each - 1) + max(kappa, 0) * each * (each - 1)


def bearable(one: Contention) -> int:
    """Return how many at once are worth having, at most twice what was tried.

    Where the fit is not certain that throughput falls, never less than what ran.
    """

    def done(count: int) -> float:
        return count / _stretch(one.sigma, one.kappa, count)

    worth = 1
    while worth < STEP * one.most and done(worth + 1) - done(worth) >= WORTH:
        worth += 1
    certain = one.best < one.most
    return max(1, min(worth, int(one.best))) if certain else max(worth, one.most)


def prove(contention: Iterable[Contention], used: Usage | None) -> Proof | None:
    """Return what the fits of hosts prove, else what `used`, the executor's slots, says of them.

    None where neither is known.
    """
    hosts = [one for one in contention if one.where.startswith(HOST)]
    if not hosts:
        return _unproven(used) if used is not None and used.peak > 0 else None
    slots, most = sum(map(bearable, hosts)), sum(one.most for one in hosts)
    main = max(hosts, key=lambda one: one.tries)
    fit = (
        f"σ {main.sigma:.3f} ± {main.sigma_half_width:.3f}, κ {main.kappa:.4f} ± {main.kappa_half_width:.4f}"
    )
    tries = sum(one.tries for one in hosts)
    where = f"Universal Scalability Law, fitted to {tries} task instances of the history"
    return Proof(
        len(hosts),
        most,
        slots,
        slots < STEP * most,
        main.sigma,
        main.kappa,
        Measured(fit, Origin(OriginKind.MEASURED, where)),
    )


def _unproven(used: Usage) -> Proof:
    """Return that so many ran, and a step beyond where they filled their limit."""
    slots = used.peak if used.never_binds else math.ceil(UNPROVEN_STEP * used.peak)
    why = assumed("too few tasks ran several times beside others")
    return Proof(1, used.peak, slots, False, 0.0, 0.0, Measured("not known", why), fitted=False)  # noqa: FBT003
