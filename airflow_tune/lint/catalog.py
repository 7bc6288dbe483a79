"""Every rule that lint knows: its own, and those that a company adds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from airflow_tune.errors import UsageError, nearest
from airflow_tune.lint import unread, unused
from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules import PROJECT_RULES, RULES

AnyRule: TypeAlias = Rule | ProjectRule


@dataclass(frozen=True)
class Catalog:
    """The rules over single files, and those over the project."""

    files: tuple[Rule, ...]
    project: tuple[ProjectRule, ...]

    @cached_property
    def rules(self) -> tuple[AnyRule, ...]:
        """Return all rules by code, the one on comments that silence nothing among them."""
        found: list[AnyRule] = [unused.RULE, *self.files, *self.project]
        return tuple(sorted(found, key=lambda rule: rule.code))

    def plus(self, rules: Iterable[AnyRule]) -> Catalog:
        """Return the catalog with more rules."""
        rules = list(rules)
        return Catalog(
            (*self.files, *(rule for rule in rules if isinstance(rule, Rule))),
            (*self.project, *(rule for rule in rules if isinstance(rule, ProjectRule))),
        )

    def codes(self, items: Iterable[str], where: str) -> tuple[str, ...]:
        """Return codes, or beginnings of codes, from texts that list them by comma.

        Raises UsageError, with the nearest code, for one that begins no rule's code.
        """
        codes = tuple(part.strip().upper() for item in items for part in item.split(",") if part.strip())
        for code in codes:
            if not any(rule.code.startswith(code) for rule in self.rules):
                raise self._unknown(code, where)
        return codes

    def rule(self, name: str, where: str = "--explain") -> AnyRule:
        """Return the rule of a code or name; raises UsageError, with the nearest code, for an unknown one."""
        wanted = name.strip()
        for rule in self.rules:
            if wanted.upper() == rule.code or wanted.lower() == rule.name:
                return rule
        raise self._unknown(wanted.upper(), where)

    def _unknown(self, code: str, where: str) -> UsageError:
        remedy = nearest(code, [rule.code for rule in self.rules])
        return UsageError(f'no rule has the code "{code}"', where=where, remedy=remedy)


BUILT_IN = Catalog((unread.RULE, *RULES), PROJECT_RULES)
