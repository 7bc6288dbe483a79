"""What every judge returns and every report shows: findings, recommendations and their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from airflow_tune.origins import Origin


class Severity(str, Enum):
    """How much a finding matters, in rising order."""

    INFO = "info"
    WARN = "warn"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """Return 0 for info, 1 for warn, 2 for error."""
        return list(Severity).index(self)


class Layer(str, Enum):
    """The layer that a finding belongs to, from the user's code down to the machines."""

    APPLICATION = "application"
    FRAMEWORK = "framework"
    SYSTEM = "system"
    INFRASTRUCTURE = "infrastructure"


class Confidence(str, Enum):
    """How far a proposed number can be trusted.

    high: follows from limits that were read (host, settings, server); medium: rests on a
    measured or documented figure of this kind of workload; low: rests on a profile's start value.
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number behind a judgement.

    `value` is already fit to be printed, with its unit; `formula` holds the arithmetic with the
    numbers put in where the value was worked out, and `origin` says where it was read otherwise.
    """

    name: str
    value: str
    origin: Origin
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that holds the installation back, is inconsistent, or is not what it seems."""

    code: str
    name: str
    severity: Severity
    layer: Layer
    message: str
    advice: str
    evidence: tuple[Evidence, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """What may go wrong when a proposal is applied, and how much room is left before it does.

    `headroom_share` is what is left between the expected peak and the limit, as a share of the
    limit (0..1); None where no limit is known.
    """

    text: str
    headroom_share: float | None = None


# An option of this form is no setting but the slots of a pool.
POOL_PREFIX = "pool:"
# Options with this in them are no settings: pools, and what DAG files say of DAGs and tasks.
OF = ":"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One proposed value with its reason, arithmetic, risk, and what binds after it.

    `option` is "section.option", "pool:name", or a limit of a DAG or task such as
    "max_active_tasks:dag"; `how` then says how to set it. `scope` names the worker group that it is
    meant for, empty where it is meant for all. `basis` says what the confidence rests on, where that
    is not what it usually does.
    """

    option: str
    current: str | None
    current_origin: Origin
    proposed: str
    reason: str
    risk: Risk
    confidence: Confidence
    binds_next: str
    evidence: tuple[Evidence, ...] = ()
    scope: str = ""
    how: str = ""
    basis: str = ""

    @property
    def is_setting(self) -> bool:
        """Return whether the option stands in airflow.cfg."""
        return OF not in self.option


@dataclass(frozen=True, slots=True)
class Abstention:
    """An option that was looked at and is left alone, with the reason in one sentence."""

    option: str
    current: str | None
    current_origin: Origin
    reason: str
    evidence: tuple[Evidence, ...] = field(default=())
    scope: str = ""


Advice: TypeAlias = Recommendation | Abstention
