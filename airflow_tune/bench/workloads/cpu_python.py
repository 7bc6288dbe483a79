"""How many processes CPU-bound Python code bears here, and whether threads would do as well.

Each worker does one piece of pure Python; a call has as many pieces as workers, so that with enough cores it
takes no longer than with one.
"""

from __future__ import annotations

from airflow_tune.bench.kit.scaling import Scaling

_TURNS = 60_000
"""Some milliseconds of work: a hundred times what telling a worker takes."""


def piece() -> int:
    """Do some milliseconds of arithmetic, all of it by the interpreter."""
    found = 0
    for number in range(_TURNS):
        found = (found + number * number) % 1_000_003
    return found


_SCALING = Scaling("processes", beside="threads", piece=piece, work="CPU-bound Python code")
prepare = _SCALING.prepare
WORKLOAD = _SCALING.workload(
    "cpu-python",
    "How many processes at a time are best for CPU-bound Python code, and do threads do as well?",
)
