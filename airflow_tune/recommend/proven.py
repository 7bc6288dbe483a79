"""What hosts have borne in the past, in place of what a profile says tasks need of their cores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_tune.diagnose.capacity import Capacity
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Evidence
from airflow_tune.origins import computed
from airflow_tune.units import format_share

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.proof import Proof


def proven(capacities: tuple[Capacity, ...], proof: Proof) -> tuple[Capacity, ...]:
    """Return the capacities with the CPU slots that the past proves.

    It proves nothing where several kinds of hosts run tasks, as it does not say which host is of which
    kind, nor of pods, whose requests decide.
    """
    if len(capacities) != 1 or capacities[0].host.kind is ExecutorKind.KUBERNETES:
        return capacities
    return (_proven(capacities[0], proof),)


def _proven(one: Capacity, proof: Proof) -> Capacity:
    each = max(1, proof.slots // one.host.count.value)
    if not proof.cut:
        # So many were tried and borne; that more would not be borne nobody has seen.
        each = max(each, one.cpu_slots)
    how = "largest number in which each slot still does half of what it would alone, at most twice what ran"
    evidence = (
        Evidence("most task instances at once on the hosts", str(proof.most), proof.fit.origin),
        Evidence("law of their durations", proof.fit.value, proof.fit.origin),
        Evidence(
            "CPU slots that the past proves",
            str(each),
            computed(how),
            f"⌊{proof.slots} / {one.host.count.value}⌋"
            + ("" if proof.cut else f", at least {one.cpu_slots}"),
        ),
    )
    return replace(one, cpu_slots=each, evidence=(*one.evidence, *evidence), proof=proof)


def said(one: Capacity, proof: Proof) -> str:
    """Return in words what the past proves of the CPU of a host."""
    each = proof.most / proof.hosts
    longer = format_share(proof.stretch(each) - 1)
    return f"{each:.0f} at once ran {longer} longer than alone on {one.host.label}"


def load(one: Capacity) -> tuple[str, float]:
    """Return what a host is planned to bear, in words, and which share of it that leaves (0..1)."""
    memory = one.memory_share(one.slots)
    if one.proof is None:
        cpu = one.cpu_share(one.slots)
        text = f"{format_share(memory)} of its memory and {format_share(cpu)} of its cores"
        return text, max(0.0, 1 - max(memory, cpu))
    longer = one.proof.stretch(one.slots) - 1
    text = (
        f"{format_share(memory)} of its memory, and a task to run {format_share(longer)} longer than alone"
        f" ({one.proof.fit.value})"
    )
    return text, max(0.0, 1 - memory)
