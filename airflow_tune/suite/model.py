"""A run of the bench: the machine, how it was while measured, and each workload's values by variant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from airflow_tune.suite.machine import Machine
from airflow_tune.suite.remark import Remark, Strain

Scalar: TypeAlias = str | int | float | bool


class Curve(str, Enum):
    """How the variants of a workload stand to each other, and so what can be fitted to them."""

    ALTERNATIVES = "alternatives"
    """Ways to do the same: the reference against each other one."""
    BATCH = "batch"
    """Growing batches along `axis`: look for the knee."""
    SCALING = "scaling"
    """Growing concurrency along `axis`: fit the Universal Scalability Law."""


@dataclass(frozen=True, slots=True)
class VariantResult:
    """What one way to do the work took.

    `values_s` are the seconds of one call, one for each round of the workload: values at the same index of
    two variants were taken right after one another, so they pair. None stands for a round that was lost
    (ended by the timeout, or failed; `notes` say why). Each value is the median of `samples` samples of
    `calls` calls each, after `warmups` calls, in a process of its own. One call does `scale` units of the
    workload's `unit`.

    `peaks_bytes` is, for each round, the most memory that was resident in the process itself or in the
    largest of its children (as GNU time's "Maximum resident set size"); `base_bytes` what the process took
    before the first call. `figures` are other quantities that the workload measured, one for each round,
    with the unit in the name ("growth_bytes"). `references_s` are, for each round, the seconds that a fixed
    piece of plain Python took in the same process just before and after (bench.measure.reference).
    `cpu_shares` are, for each round, the share of the samples' time that the process had a CPU: near 1, it
    computed, and nothing else held it up.
    """

    name: str
    parameters: Mapping[str, Scalar]
    values_s: tuple[float | None, ...] = ()
    scale: float = 1.0
    calls: int = 1
    samples: int = 1
    warmups: int = 0
    peaks_bytes: tuple[int | None, ...] = ()
    base_bytes: int | None = None
    figures: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
    references_s: tuple[float | None, ...] = ()
    cpu_shares: tuple[float | None, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def kept_s(self) -> tuple[float, ...]:
        """Return the values of the rounds that were not lost."""
        return tuple(value for value in self.values_s if value is not None)


@dataclass(frozen=True, slots=True)
class WorkloadResult:
    """What one workload found: its values by variant, and what was made of them.

    `axis` names the parameter along which the variants of a curve grow, `reference` the variant that the
    others are compared with. `skipped` says why nothing was measured, and is empty otherwise. `models` holds
    JSON values by the name of the model. `grade` is A to D, empty where none was given. `elapsed_s` is the
    time of the wall that all its rounds took.
    """

    name: str
    question: str
    unit: str
    curve: Curve
    variants: tuple[VariantResult, ...] = ()
    axis: str = ""
    reference: str = ""
    skipped: str = ""
    answer: str = ""
    models: Mapping[str, Any] = field(default_factory=dict)
    grade: str = ""
    elapsed_s: float = 0.0
    remarks: tuple[Remark, ...] = ()

    def variant(self, name: str) -> VariantResult | None:
        """Return the variant that is called `name`, None where there is none."""
        return next((one for one in self.variants if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Suite:
    """One run of the bench.

    `started_at` is UTC in ISO 8601. `options` are those of the command line that decide what was measured and
    how long (secrets masked). `complete` is false where the run was interrupted or ran out of its time.
    `strain` is what else happened on the machine meanwhile, `remarks` what that means for the numbers.
    """

    tool_version: str
    started_at: str
    elapsed_s: float
    complete: bool
    options: Mapping[str, Any]
    machine: Machine
    strain: Strain
    workloads: tuple[WorkloadResult, ...] = ()
    remarks: tuple[Remark, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)

    def workload(self, name: str) -> WorkloadResult | None:
        """Return the workload that is called `name`, None where there is none."""
        return next((one for one in self.workloads if one.name == name), None)
