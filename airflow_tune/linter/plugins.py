"""Rules of other distributions, which they name in the entry point group `airflow_tune.rules`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from airflow_tune.lint.catalog import AnyRule, Catalog
from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.secrets import redact

GROUP = "airflow_tune.rules"
CODE = re.compile(r"[A-Z]{2,}\d{3,}")
RESERVED = "AFT"


@dataclass(frozen=True, slots=True)
class Added:
    """A catalog with what distributions added, their names and versions, and what could not be used."""

    catalog: Catalog
    distributions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def with_plugins(catalog: Catalog) -> Added:
    """Return a catalog with the rules of all distributions; one that is broken is told and left out.

    An entry point names a Rule or ProjectRule, or an iterable of them.
    """
    found: list[AnyRule] = []
    distributions, notes = [], []
    for point in sorted(entry_points(group=GROUP), key=lambda one: (one.name, one.value)):
        distributions.append(distribution(point))
        try:
            for rule in rules_of(point):
                found.append(checked(rule, catalog.plus(found)))
        except Exception as error:  # noqa: BLE001 - another's code: whatever it does, our rules still run
            why = redact(f"{type(error).__name__}: {error}")
            notes.append(
                f"the rules of {distributions[-1]} ({point.name} = {point.value}) are left out: {why}"
            )
    return Added(catalog.plus(found), tuple(distributions), tuple(notes))


def rules_of(point: EntryPoint) -> Iterator[object]:
    """Yield what an entry point names."""
    loaded = point.load()
    if isinstance(loaded, Iterable):
        yield from loaded
    else:
        yield loaded


def checked(rule: object, catalog: Catalog) -> AnyRule:
    """Return a rule that can be used; raises ValueError or TypeError that says why it cannot."""
    if not isinstance(rule, (Rule, ProjectRule)):
        raise TypeError(f"{rule!r} is no Rule or ProjectRule of airflow_tune.lint")
    if not CODE.fullmatch(rule.code) or rule.code.startswith(RESERVED):
        raise ValueError(f'the code "{rule.code}" is not capitals other than {RESERVED} and three digits')
    if any(rule.code == one.code or rule.name == one.name for one in catalog.rules):
        raise ValueError(f'the code "{rule.code}" or the name "{rule.name}" is taken')
    return rule


def distribution(point: EntryPoint) -> str:
    """Return the distribution of an entry point, such as "acme-rules 1.2"."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown distribution"
