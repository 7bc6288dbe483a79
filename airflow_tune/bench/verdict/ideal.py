"""How near the user's own function comes to its ideal, which only the function itself can tell.

Batches: an item should cost no more in the largest call than in the best one, as it does where time grows
faster than the items. Processes: so many cores should do so many times the work of one process.
"""

from __future__ import annotations

from statistics import median

from airflow_tune.bench.kit.answer import Found, along
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import WorkloadResult

BATCHES, PROCESSES = "callable-batch", "callable-processes"


def largest_batch(result: WorkloadResult) -> tuple[str, float] | None:
    """Return the variant with the largest batch, and how many times the best one's an item of it takes.

    None where fewer than two were measured.
    """
    found, names = Found(result), along(result)
    if len(names) < 2:  # noqa: PLR2004 - one has nothing to be compared with
        return None
    largest = names[max(names)]
    return largest, found[largest] / min(map(found.__getitem__, names.values()))


def share_lost(result: WorkloadResult, machine: Machine) -> tuple[str, float, float] | None:
    """Return the best number of processes, its time beside the ideal, and the share of the gain that is lost.

    Of the gain that all granted cores could bring over one process 0 is lost where they do as many times its
    work, 1 where they do no more than it, and more where they do less. Values pair by rounds, so that drift
    of the machine is in neither. None where one core is granted, or one process was not measured.
    """
    names, cores = along(result), machine.cores
    one = result.variant(names.get(1, ""))
    # One core keeps any number of processes from more.
    others = [found for at, name in names.items() if at > 1 and (found := result.variant(name))]
    if cores <= 1 or one is None or not others:
        return None
    gains: dict[str, float] = {}
    for other in others:
        pairs = zip(one.values_s, other.values_s, strict=False)
        ratios = [(alone / one.scale) / (many / other.scale) for alone, many in pairs if alone and many]
        if ratios:
            gains[other.name] = median(ratios)
    if not gains:
        return None
    best = max(gains, key=gains.__getitem__)
    return best, cores / gains[best], (cores - gains[best]) / (cores - 1)
