"""What the strain on the machine means for the numbers, and what to do about it.

The bench has to tell a change of 10 %. What takes as much of the time from outside, such as a hypervisor,
drowns one: then the numbers are void. A fifth of that is told, for it can be seen in the values.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence

from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import WorkloadResult
from airflow_tune.suite.remark import Remark, Strain
from airflow_tune.units import format_bytes, format_duration, format_share, plural

STEAL, THROTTLED = "steal", "throttled"
"""Names of remarks that the fleet knows its odd workers by."""
NO_ROUND = "the run ended before its first round"
VOID_SHARE = 0.1
CAREFUL_SHARE = 0.02
# A single process gets its core for some milliseconds at a time, in which many samples fit; a curve over
# concurrency is another one where others hold half of the cores.
VOID_OTHERS_SHARE = 0.5
CAREFUL_OTHERS_SHARE = 0.1
# Pages move singly at any time; this is more than that.
CAREFUL_SWAPPED = 2**20
VOID_SWAPPED = 100 * 2**20
# Kernel's admin-guide/pm/cpufreq: the two that hold one frequency; all others follow the load.
_STEADY_GOVERNORS = frozenset({"performance", "userspace"})


def remarks_before(strain: Strain, machine: Machine) -> Iterator[Remark]:
    """Yield what can be said before anything is measured."""
    load = strain.load_before
    if load is not None and load >= machine.machine_cores / 2:
        yield Remark(
            "load",
            void=False,
            message=f"the load average was {load:g} on {machine.machine_cores} cores before the first round",
            advice="measure again when the machine has nothing else to do",
        )
    moving = [name for name in strain.governors if name not in _STEADY_GOVERNORS]
    if moving:
        yield Remark(
            "governor",
            void=False,
            message=f"the CPUs' frequency follows the load ({', '.join(moving)})",
            advice="where you may, hold it: cpupower frequency-set -g performance",
        )


def remarks_during(strain: Strain, machine: Machine, *, scales: bool = False) -> Iterator[Remark]:
    """Yield what happened while values were taken; `scales` where they are of growing concurrency."""
    yield from _steal(strain)
    yield from _others(strain, machine, scales=scales)
    yield from _throttled(strain, machine)
    yield from _swapped(strain)


def remarks_on_run(
    results: Sequence[WorkloadResult], troubles: Sequence[str], *, stopped: bool
) -> Iterator[Remark]:
    """Yield what the run itself could not do: rounds without a value, and what it left behind."""
    yield from (
        Remark("left-behind", void=False, message=one, advice="remove it by hand") for one in troubles
    )
    short = sum(one.skipped == NO_ROUND for one in results)
    if short and not stopped:
        yield Remark(
            "time",
            void=False,
            message=f"the time was over before {plural(short, 'workload')} had a round",
            advice="give it more time (no --quick) or less to measure (--only)",
        )
    notes = {note for one in results for each in one.variants for note in each.notes}
    if any(os.strerror(errno.ENOSPC) in note for note in notes):
        yield Remark(
            "room",
            void=False,
            message="there was no room left for temporary files: rounds were lost",
            advice="free some space, or set TMPDIR to a folder with more",
        )


def _steal(strain: Strain) -> Iterator[Remark]:
    share = strain.steal_share or 0.0
    if share >= CAREFUL_SHARE:
        yield Remark(
            STEAL,
            void=share >= VOID_SHARE,
            message=f"the hypervisor took {format_share(share)} of the CPU time for other machines",
            advice="measure again later, or on a machine of its own",
        )


def _others(strain: Strain, machine: Machine, *, scales: bool) -> Iterator[Remark]:
    share = strain.others_share or 0.0
    if share >= CAREFUL_OTHERS_SHARE:
        yield Remark(
            "others",
            void=scales and share >= VOID_OTHERS_SHARE,
            message=f"others used {share * machine.machine_cores:.2g} of the {machine.machine_cores} cores",
            advice="stop what else runs here (`top` shows it) and measure again",
        )


def _throttled(strain: Strain, machine: Machine) -> Iterator[Remark]:
    if not strain.throttled_periods:
        return
    share = strain.throttled_periods / max(strain.periods or 0, strain.throttled_periods)
    if share < CAREFUL_SHARE:
        return
    yield Remark(
        THROTTLED,
        void=False,
        message=f"the CPU quota of {machine.cores:g} cores ({machine.cores_origin}) stopped the processes"
        f" in {format_share(share)} of its periods, for {format_duration(strain.throttled_s or 0.0)} in all",
        advice=f"these values hold under this quota only: run no more than {_computing(machine)} at a time"
        " here, or raise the quota (Kubernetes: limits.cpu)",
    )


def _computing(machine: Machine) -> str:
    """Return how many processes the granted cores keep busy; part of a core keeps one."""
    count = max(1, int(machine.cores))
    return "1 process that computes" if count == 1 else f"{count} processes that compute"


def _swapped(strain: Strain) -> Iterator[Remark]:
    size = strain.swapped_bytes or 0
    if size >= CAREFUL_SWAPPED:
        yield Remark(
            "swap",
            void=size >= VOID_SWAPPED,
            message=f"{format_bytes(size)} went to swap or came from it",
            advice="free memory, or measure fewer workloads at a time with --only",
        )
