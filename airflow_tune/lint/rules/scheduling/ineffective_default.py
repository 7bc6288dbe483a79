"""AFT308: a DAG argument stands in default_args, where it does nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from airflow_tune.dags.model import Dag, Unknown
from airflow_tune.dags.schedule import given as schedule
from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import drop_item, set_keywords, source_of
from airflow_tune.lint.made import maker_of_dag
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

DAG_ONLY = frozenset(
    {
        *(
            "catchup",
            "schedule",
            "schedule_interval",
            "timetable",
            "max_active_runs",
            "max_active_tasks",
            "tags",
        ),
        *("tags", "concurrency", "dagrun_timeout", "description", "is_paused_upon_creation", "dag_id"),
    },
)
HARMLESS = frozenset({"tags", "description"})
"""Arguments that nothing but the UI shows: without them runs go as they were meant to."""
SAME = (
    frozenset({"schedule", "schedule_interval", "timetable"}),
    frozenset({"max_active_tasks", "concurrency"}),
)
"""Names of one argument, older and newer."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield DAGs whose default_args hold what only the DAG takes."""
    for dag in subject.graph.dags:
        wrong = sorted(idle(dag, dag.defaults))
        if wrong:
            does = (
                "do nothing: the DAG does not see them"
                if len(wrong) > 1
                else "does nothing: the DAG does not see it"
            )
            message = f"{', '.join(wrong)} in default_args {does}"
            own = all(name in dag.arguments for name in wrong)
            them = "them" if len(wrong) > 1 else "it"
            advice = f"Remove {them}: the DAG is given another value." if own else f"Pass {them} to the DAG."
            fix, weight = moved(subject, dag, wrong), Severity.WARN if HARMLESS.issuperset(wrong) else None
            yield Hit(dag.place.line, message, dag.place.file, fix, advice, severity=weight)


def idle(dag: Dag, given: Mapping[object, object]) -> Iterator[str]:
    """Yield the arguments of the DAG in its default_args, but for those that it is given as well."""
    for name in DAG_ONLY.intersection(given):
        names = next((one for one in SAME if name in one), {name})
        own = [dag.arguments[one] for one in names if one in dag.arguments]
        never = name == "catchup" and on_demand(dag)
        if not never and all(differ(value, given[name]) for value in own):
            yield name


def on_demand(dag: Dag) -> bool:
    """Return whether a DAG says that it has no schedule: then there is nothing to catch up on."""
    return schedule(dag.arguments) is None


def differ(one: object, other: object) -> bool:
    """Return whether two values are known to differ."""
    if isinstance(one, (list, tuple, set)) and isinstance(other, (list, tuple, set)):
        return any(part not in one for part in other)  # tags that the DAG has, and more of them
    return not isinstance(one, Unknown) and not isinstance(other, Unknown) and one != other


def moved(subject: Subject, dag: Dag, names: list[str]) -> Fix | None:
    """Return the fix that passes to the DAG what is in its default_args, where all is plain to see."""
    maker = maker_of_dag(subject, dag)
    given = defaults_of(subject, maker) if isinstance(maker, ast.Call) else None
    if given is None or not isinstance(maker, ast.Call):
        return None
    pairs = zip(given.keys, given.values, strict=True)
    items = {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
    if not items.keys() >= set(names) or "dag_id" in names:
        return None
    there = {keyword.arg for keyword in maker.keywords}
    new = {name: source_of(subject, items[name]) for name in names if name not in there}
    edits = [drop_item(subject, given, name) for name in names]
    edits += set_keywords(subject, maker, new) or [None] if new else []
    return Fix(tuple(edit for edit in edits if edit)) if all(edits) else None


def defaults_of(subject: Subject, call: ast.Call) -> ast.Dict | None:
    """Return the dict display that is a call's default_args, straight or by a name of its own."""
    given = next((one.value for one in call.keywords if one.arg == "default_args"), None)
    if not isinstance(given, ast.Name):
        return given if isinstance(given, ast.Dict) else None
    uses = [one for one in nodes(subject.tree) if isinstance(one, ast.Name) and one.id == given.id]
    made = [
        one.value
        for one in subject.tree.body
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Dict) and one.targets[0] in uses
    ]
    return made[0] if len(made) == 1 and len(uses) == 2 else None  # noqa: PLR2004 - its binding and this one


RULE = Rule(
    "AFT308",
    "ineffective-default-arg",
    Severity.ERROR,
    Explanation(
        what=(
            "default_args holds an argument of the DAG itself, such as catchup, schedule or max_active_runs, "
            "which the DAG is not given itself, or is given with another value. Where it is tags or a "
            "description alone that is a warn."
        ),
        why=(
            "default_args are handed to tasks; the DAG keeps its defaults, so on Airflow 2 catch-up "
            "floods and runs overlap although the file seems to forbid it."
        ),
        example='default_args={"catchup": False}',
        instead="Pass it to the DAG.",
        fix="Unsafe: moves it to the DAG's call; once effective, the argument changes what the DAG does.",
        sources=("airflow.sdk.bases.operator.get_merged_defaults of 3.3.2",),
    ),
    check,
)
