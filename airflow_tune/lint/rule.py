"""What a rule is: a code, a name that reads well after "allow", an explanation, and a check."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from airflow_tune.findings import Evidence, Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.subject import Subject

Located: TypeAlias = ast.expr | ast.stmt | ast.excepthandler | ast.keyword


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule fires: the line, from 1, what is wrong there, and what mends it, if anything.

    A fix is for the file that is being judged; a hit in another `file` has none. `advice` stands in for
    what the rule advises in general, and `evidence` holds the numbers behind the hit. `node` is what is
    wrong, where one node is: its columns go into the reports. `about` names the tasks whose code it is in, by
    DAG and key. `severity` is its own where that is not the rule's.
    """

    line: int
    message: str
    file: str = ""
    fix: Fix | None = None
    advice: str = ""
    evidence: tuple[Evidence, ...] = ()
    node: Located | None = None
    about: tuple[tuple[str, str], ...] = ()
    severity: Severity | None = None

    @classmethod
    def on(cls, node: Located, message: str, fix: Fix | None = None, advice: str = "") -> Hit:
        """Return the hit on a node of the file that is being judged."""
        return cls(node.lineno, message, fix=fix, advice=advice, node=node)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `--explain` shows, under fixed headings."""

    what: str
    why: str
    example: str
    instead: str
    fix: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `check` is pure: the same subject gives the same hits.

    `options` names what a user can set for it, with the defaults; ask `subject.options.of(code, name,
    default)`. A default that is a tuple or set takes a list, a number a number of at least 0.
    """

    code: str
    name: str
    severity: Severity
    explanation: Explanation
    check: Callable[[Subject], Iterable[Hit]]
    options: Mapping[str, object] = field(default_factory=dict)
