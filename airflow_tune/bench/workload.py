"""What a workload is: a question, ways to do the same work, and one sentence that the values are turned into.

A workload is a module in bench/workloads/ with two names:

- `WORKLOAD`, a `Workload`;
- `prepare(order)`, a context manager that runs in a process of its own for each variant and round. It lays
  out what the work needs (files below `order.folder` only), yields the function without arguments whose time
  is taken, and puts away what it laid out elsewhere. One call does `Variant.scale` units of work.

The process that measures imports the module and nothing else of the tool, and its memory counts: heavy
imports belong into `prepare`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from airflow_tune.suite.model import Curve, Scalar, WorkloadResult

Call: TypeAlias = Callable[[], object]


class Length(str, Enum):
    """How long the whole bench may take: under a minute, under five, or as long as the values ask for."""

    QUICK = "quick"
    DEFAULT = "default"
    RIGOROUS = "rigorous"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user gave, and what the process is granted; `cores` is a fraction under a CPU quota.

    `callable` is "package.module:function". URLs hold their passwords: they are for connecting only. What
    imports of a callable are resolved from is `callable_root`.
    """

    length: Length = Length.DEFAULT
    cores: float = 1.0
    memory_bytes: int = 2**30
    db_url: str = ""
    redis_url: str = ""
    airflow_python: str = ""
    dags: str = ""
    callable: str = ""
    callable_root: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to do the work; `parameters` (JSON scalars) are what `prepare` goes by, and what is reported.

    One call does `scale` units, so that variants with batches of another size can be compared by unit.
    """

    name: str
    parameters: Mapping[str, Scalar]
    scale: float = 1.0


@dataclass(slots=True)
class Order:
    """What `prepare` is to lay out.

    `folder` is empty and its own. Where `prepare` finds out only then how much a call does, it sets `scale`:
    the value is brought to that of the variant. `prepare` or the call may put other quantities into
    `figures`, with the unit in the name; they are read after the last call. Where `before` is set, it runs
    before each call, outside of the time that is taken, and each sample is a single call.
    """

    parameters: Mapping[str, Scalar]
    scale: float
    folder: Path
    wishes: Wishes
    figures: dict[str, float] = field(default_factory=dict)
    before: Call | None = None


def nothing_lacks(wishes: Wishes) -> str:  # noqa: ARG001 - what most workloads answer
    """Return that the workload can run anywhere."""
    return ""


@dataclass(frozen=True, slots=True)
class Workload:
    """One question to the machine.

    `name` is that of the module, with hyphens. `variants` gives the ways to do the work, fewer or smaller
    ones where `wishes.length` is quick. `answer` turns the values into one sentence that a person can act
    on. `curve`, `axis` and `reference` are as in suite.model.WorkloadResult. `lacks` says what is missing
    ("no --db-url was given"), and is empty where the workload can run.

    `warm` is false where a first call in a fresh process costs the same as any other, such as starting a
    program: then nothing is called before the time is taken. `timeout_s` bounds one round of one variant.
    `clean`, which runs in a process of its own after the last round, also after a crash, takes away what a
    killed round left outside of its folder (a table in a database). `home` is the module that it stands in
    where that is not the one of its name.
    """

    name: str
    question: str
    unit: str
    curve: Curve
    variants: Callable[[Wishes], Sequence[Variant]]
    answer: Callable[[WorkloadResult], str]
    axis: str = ""
    reference: str = ""
    lacks: Callable[[Wishes], str] = nothing_lacks
    warm: bool = True
    timeout_s: float = 30.0
    clean: Callable[[Wishes], None] | None = None
    home: str = ""

    @property
    def module(self) -> str:
        """Return the name of the module that the workload stands in."""
        return self.home or f"airflow_tune.bench.workloads.{self.name.replace('-', '_')}"


def steps(name: str, values: Iterable[int], unit: str, scale: float | None = None) -> tuple[Variant, ...]:
    """Return one variant for each value of the parameter `name`, called "1,000 rows" and "1 row" for "rows".

    One call does as many units as the value says, or `scale` where it is given.
    """
    return tuple(
        Variant(
            f"{value:,} {unit if value != 1 else unit.removesuffix('s')}",
            {name: value},
            float(value) if scale is None else scale,
        )
        for value in values
    )
