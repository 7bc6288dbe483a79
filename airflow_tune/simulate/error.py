"""How far the model is off: the replay under the present settings against what really happened."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.simulate.outcome import DagRun, Outcome

LEAST_S = 3.0
"""Smaller differences than this are Airflow's own noise: one pass of its loop and one slow slot."""
CLOSE_SHARE = 0.1
MOST_MAKESPAN = 0.15
MOST_WAIT = 0.25
"""Beyond these the replay does not know what held the past back, and a what-if would be a guess.

Airflow's own noise between repeats is 6 % in makespan and 8 % in p95 wait (measured on 3.3.2).
"""


@dataclass(frozen=True, slots=True)
class ModelError:
    """Shares by which the replay differs (0.05: 5 % too much), and DAG runs that it gets right.

    A wait's difference is over the observed wait, at least 3 s. `close_share` of DAG runs last as long
    as they did within 10 % or 3 s, `dag_run_share` is the median of their relative differences.
    """

    makespan_share: float
    wait_mean_share: float
    wait_p95_share: float
    dag_run_share: float
    close_share: float

    @property
    def too_large(self) -> bool:
        """Return whether what-ifs built on this model say nothing."""
        return (
            abs(self.makespan_share) > MOST_MAKESPAN
            or abs(self.wait_mean_share) > MOST_WAIT
            or abs(self.wait_p95_share) > MOST_WAIT
        )


def _share(played: float, observed: float, least: float = LEAST_S) -> float:
    return (played - observed) / max(observed, least)


def _runs(observed: tuple[DagRun, ...], played: tuple[DagRun, ...]) -> list[tuple[float, float]]:
    found = {(run.dag_id, run.run_id): run.duration_s for run in played}
    return [
        (run.duration_s, found[run.dag_id, run.run_id])
        for run in observed
        if (run.dag_id, run.run_id) in found
    ]


def model_error(observed: Outcome, played: Outcome) -> ModelError:
    """Return how far `played`, a replay under what ran `observed`, is off."""
    pairs = _runs(observed.dag_runs, played.dag_runs)
    off = sorted(abs(_share(after, before)) for before, after in pairs)
    close = sum(abs(after - before) <= max(LEAST_S, CLOSE_SHARE * before) for before, after in pairs)
    return ModelError(
        _share(played.makespan_s, observed.makespan_s),
        _share(played.wait.mean, observed.wait.mean),
        _share(played.wait.p95, observed.wait.p95),
        off[len(off) // 2] if off else 0.0,
        close / len(pairs) if pairs else 1.0,
    )
