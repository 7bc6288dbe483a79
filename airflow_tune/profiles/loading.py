"""From a chain of documents to a Profile, with what no schema can say checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from airflow_tune.documents.quantity import FORMATS, read_quantity
from airflow_tune.errors import DocumentError
from airflow_tune.profiles.chain import Chain, open_chain
from airflow_tune.profiles.model import (
    CLASSES,
    POOLS,
    Headroom,
    Limits,
    Parsing,
    Pools,
    Profile,
    Scheduling,
    Sourced,
    TaskClass,
    Threshold,
    Thresholds,
    Triggers,
)

# Shares are written with a few decimals; six of them must not fail for a rounding.
_SHARES_TOLERANCE = 0.001


def load_profile(name_or_path: str) -> Profile:
    """Return the profile of that name, or the one in the file of that path.

    A file is validated whole, and values that it does not hold come from the profile it extends.
    Raises UsageError for an unknown name and DocumentError, with file:line, for anything wrong in a file.
    """
    chain = open_chain(name_or_path)
    profile = _Reader(chain).profile()
    _check_shares(profile)
    for one in profile.classes:
        _check_order(one.duration_s, one.longest_s, f"classes.{one.name}: duration", "longest")
    for name in Thresholds._fields:
        threshold: Threshold = getattr(profile.thresholds, name)
        _check_order(threshold.warn, threshold.critical, f"thresholds.{name}: warn", "critical")
    return profile


@dataclass(frozen=True, slots=True)
class _Reader:
    chain: Chain

    def number(self, *keys: str, parse: Callable[[str], float] = float) -> Sourced:
        """Return the number at `keys`: written plainly, or with its source as {value, source}."""
        document = self.chain.holder(*keys)
        written = document.value(*keys)
        origin = document.origin(*keys)
        if isinstance(written, dict):
            source, written = str(written["source"]), written["value"]
        else:
            source = "given without a source"
        return Sourced(read_quantity(parse, written), origin, source)

    def memory(self, *keys: str) -> Sourced:
        return self.number(*keys, parse=FORMATS["bytes"])

    def seconds(self, *keys: str) -> Sourced:
        read = self.number(*keys, parse=FORMATS["timespan"])
        if read.value <= 0:
            raise DocumentError(
                f"{'.'.join(keys)} is no time at all",
                where=str(read.origin),
                remedy="write a duration above 0",
            )
        return read

    def task_class(self, name: str) -> TaskClass:
        return TaskClass(
            name=name,
            share=self.number("classes", name, "share"),
            memory_bytes=self.memory("classes", name, "memory"),
            cpu_share=self.number("classes", name, "cpu_share"),
            duration_s=self.seconds("classes", name, "duration"),
            longest_s=self.seconds("classes", name, "longest"),
        )

    def section(self, name: str, *keys: str) -> dict[str, Sourced]:
        return {key: self.number(name, key) for key in keys}

    def threshold(self, name: str) -> Threshold:
        read = self.seconds if name == "execution_time" else self.number
        return Threshold(read("thresholds", name, "warn"), read("thresholds", name, "critical"))

    def profile(self) -> Profile:
        first, *parents = self.chain.documents
        return Profile(
            name=first.path.stem,
            description=str(first.value("description", default="given without a description")),
            origin=first.origin(),
            extends=tuple(parent.path.stem for parent in parents),
            classes=tuple(map(self.task_class, CLASSES)),
            headroom=Headroom(**self.section("headroom", "memory", "cpu", "connections")),
            limits=Limits(**self.section("limits", "dag_share", "active_runs", "tasks_per_child")),
            pools=Pools(
                base=MappingProxyType({name: self.number("pools", "base", name) for name in POOLS}),
                **self.section("pools", "per_cores", "default_headroom"),
            ),
            parsing=Parsing(
                self.seconds("parsing", "seconds_per_file"), self.number("parsing", "cpu_share_max")
            ),
            scheduling=Scheduling(
                pod_create_s=self.seconds("scheduling", "pod_create_s"),
                **self.section("scheduling", "hop_share_max", "scheduler_cpu_share_max"),
            ),
            triggers=Triggers(**self.section("triggers", "deferred_peak")),
            thresholds=Thresholds(**{key: self.threshold(key) for key in Thresholds._fields}),
        )


def _check_shares(profile: Profile) -> None:
    total = sum(one.share.value for one in profile.classes)
    if abs(total - 1) <= _SHARES_TOLERANCE:
        return
    listed = ", ".join(f"{one.name} {one.share.value:g} ({one.share.origin})" for one in profile.classes)
    raise DocumentError(
        f"the shares of the classes sum to {total:g}, not to 1: {listed}",
        where=str(profile.origin),
        remedy="give every class its share, 0 for those that do not occur",
    )


def _check_order(less: Sourced, more: Sourced, less_name: str, more_name: str) -> None:
    if less.value > more.value:
        raise DocumentError(
            f"{less_name} ({less.value:g}) is above {more_name} ({more.value:g}, {more.origin})",
            where=str(less.origin),
            remedy="raise the one or lower the other",
        )
