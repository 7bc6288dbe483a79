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
    proven = f"⌊{proof.slots} / {one.host.count.value}⌋" + (
        "" if proof.cut else f", at least {one.cpu_slots}"
    )
    evidence = (
        Evidence("most task instances at once on the hosts", str(proof.most), proof.fit.origin),
        Evidence("law of their durations", proof.fit.value, proof.fit.origin),
        Evidence("CPU slots by the past", str(each), computed(_how(proof)), proven),
    )
    return replace(one, cpu_slots=each, evidence=(*one.evidence, *evidence), proof=proof)


def _how(proof: Proof) -> str:
    if proof.fitted:
        return "most in which each slot still does half of what it would alone, at most twice what ran"
    return "what ran, and half as many again where that filled the limit"


def said(one: Capacity, proof: Proof) -> str:
    """Return in words what the past says of the CPU of a host, and so how many it is to run."""
    each, memory = proof.most / proof.hosts, f"(memory would allow {one.memory_slots})"
    if not proof.fitted:
        ran = f"{proof.most} at once ran"
        if one.slots * one.host.count.value <= proof.most:
            return f"{ran}, and nothing shows what more would do to {one.host.label} {memory}"
        return (
            f"{ran}, and nothing shows yet how many more {one.host.label} bears: {one.slots} is one step,"
            f" after which durations will tell {memory}"
        )
    longer = format_share(proof.stretch(each) - 1)
    return (
        f"{each:.0f} at once ran {longer} longer than alone on {one.host.label}, and up to {one.slots}"
        f" each further slot still does at least half of its work {memory}"
    )


def load(one: Capacity) -> tuple[str, float]:
    """Return what a host is planned to bear, in words, and which share of it that leaves (0..1)."""
    memory = one.memory_share(one.slots)
    if one.proof is None:
        cpu = one.cpu_share(one.slots)
        text = f"{format_share(memory)} of its memory and {format_share(cpu)} of its cores"
        return text, max(0.0, 1 - max(memory, cpu))
    text = f"{format_share(memory)} of its memory"
    if one.proof.fitted:
        longer = format_share(one.proof.stretch(one.slots) - 1)
        text += f", and a task to run {longer} longer than alone ({one.proof.fit.value})"
    else:
        text += "; if its tasks compute, they will slow each other"
    return text, max(0.0, 1 - memory)
