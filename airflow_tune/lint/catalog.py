"""Every code that lint can report, and which of them a user asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from airflow_tune.errors import UsageError, nearest
from airflow_tune.findings import Finding
from airflow_tune.lint import unread
from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules import PROJECT_RULES, RULES
from airflow_tune.lint.unused import RULE as UNUSED

CHECKED: tuple[Rule, ...] = (unread.RULE, *RULES)
AnyRule: TypeAlias = Rule | ProjectRule

_ALL: tuple[AnyRule, ...] = (*CHECKED, *PROJECT_RULES)
CATALOG: tuple[AnyRule, ...] = (UNUSED, *sorted(_ALL, key=lambda rule: rule.code))


@dataclass(frozen=True, slots=True)
class Selection:
    """The beginnings of codes that count (none: all) and those that do not; ignoring wins."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def keep(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that were asked for.

        Rules that are not wanted run nonetheless: otherwise the comments that silence them would seem
        to silence nothing.
        """
        return [one for one in findings if self.wants(one.code)]

    def wants(self, code: str) -> bool:
        """Return whether a code was asked for."""
        return (not self.select or code.startswith(self.select)) and not code.startswith(self.ignore)


def selection(select: Sequence[str], ignore: Sequence[str]) -> Selection:
    """Return the selection that two flags mean; each item holds codes or their beginnings, by comma.

    Raises UsageError, with the nearest code, for one that begins no rule's code.
    """
    return Selection(_codes("--select", select), _codes("--ignore", ignore))


def _codes(flag: str, items: Sequence[str]) -> tuple[str, ...]:
    codes = tuple(part.strip().upper() for item in items for part in item.split(",") if part.strip())
    for code in codes:
        if not any(rule.code.startswith(code) for rule in CATALOG):
            raise _unknown(code, flag)
    return codes


def rule_of(code: str) -> AnyRule:
    """Return the rule of a code or name; raises UsageError, with the nearest code, for an unknown one."""
    wanted = code.strip()
    for rule in CATALOG:
        if wanted.upper() == rule.code or wanted.lower() == rule.name:
            return rule
    raise _unknown(wanted.upper(), "--explain")


def _unknown(code: str, flag: str) -> UsageError:
    return UsageError(
        f'no rule has the code "{code}"', where=flag, todo=nearest(code, [rule.code for rule in CATALOG])
    )
