"""AFT104: a heavy package is imported at the top of the file and used in task code only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from airflow_tune.findings import Severity
from airflow_tune.lint.brought import bringers, modules_with
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.index import Import
from airflow_tune.lint.localimport import into_functions
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

HEAVY = frozenset(
    {
        *(
            "pandas",
            "torch",
            "tensorflow",
            "sklearn",
            "pyspark",
            "great_expectations",
            "transformers",
            "scipy",
        ),
        *(
            "transformers",
            "matplotlib",
            "xgboost",
            "lightgbm",
            "keras",
            "polars",
            "dask",
            "snowflake.snowpark",
            "numpy",
        ),
    },
)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield top-level imports of heavy packages whose names only task code uses."""
    times = Counter(one.bound for one in subject.index.imports)
    known: dict[str, str] = {}
    for one, others in idle(subject):
        package = one.package
        # What is imported twice is still imported at each parse when one of them has moved.
        fix = into_functions(subject, one, subject.index.uses[one.bound]) if times[one.bound] == 1 else None
        if package not in known:
            known[package] = also_by(subject, package, others)
        when = "at every parse" if subject.graph.dags else "at every parse of what imports this module"
        message = f"{package} is imported {when}"
        yield hit(one, message, fix, known[package], typed=annotates(subject, one, others))


def idle(subject: Subject) -> Iterator[tuple[Import, list[Import]]]:
    """Yield the imports of heavy packages that no parse needs, each with those that bring its package too."""
    heavy = set(subject.options.of("AFT104", "packages", HEAVY))
    parsed, uses = subject.index.parse_functions(), subject.index.uses
    for one in () if subject.index.script else subject.index.imports:
        users = uses.get(one.bound, set())
        if heavy & {one.package, one.module} and users and not users & parsed:
            others = list(bringers(subject, one))
            # Else it is loaded all the same, for what the file does at each parse.
            if not any(uses.get(other.bound, set()) & parsed for other in others):
                yield one, others


def annotates(subject: Subject, one: Import, others: Sequence[Import]) -> bool:
    """Return whether annotations that run at each parse name an import, or another of its package."""
    if subject.index.aliases.get("annotations") == "__future__.annotations":
        return False
    same = (other.bound for other in others if other.package == one.package)
    return not subject.index.annotated.isdisjoint({one.bound, *same})


def also_by(subject: Subject, package: str, others: Sequence[Import]) -> str:
    """Return the other modules that bring a package, "" for none."""
    found = [other.module for other in others if other.package != package]
    return " and ".join(dict.fromkeys((*found, *modules_with(subject, package))))


def hit(one: Import, message: str, fix: Fix | None, also: str, *, typed: bool) -> Hit:
    """Return the hit on an import; `typed`: annotations of functions name it, which run at each parse too.

    `also` are other modules that would bring the package all the same.
    """
    package = one.package
    advice = RULE.explanation.instead
    if typed:
        advice = (
            "Import it inside the functions that use it, and under `if TYPE_CHECKING:` for the annotations, "
            "with `from __future__ import annotations` above."
        )
    if also:
        alone = f"imports {package} at its top too: mend both"
        bring = f"import {package} at their top too: mend all" if " and " in also else alone
        advice += f" {also}, which this file imports, {bring}."
    users = "task code and annotations of functions use" if typed else "task code uses"
    message += f", and only {users} it"
    return Hit.on(one.node, message, None if typed else fix, advice if typed or also else "")


RULE = Rule(
    "AFT104",
    "heavy-import-at-parse",
    Severity.WARN,
    Explanation(
        what=(
            "A package that takes seconds or hundreds of megabytes to import is imported at top "
            "level, while only task code uses it."
        ),
        why="Each parse and each task process of every task in the file pays for it.",
        example="import pandas as pd",
        instead="Import it inside the function that uses it.",
        fix=(
            "Unsafe: imports inside the functions, which changes when a missing package is noticed; "
            "none where an annotation or default needs the name."
        ),
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
    {"packages": HEAVY},
)
