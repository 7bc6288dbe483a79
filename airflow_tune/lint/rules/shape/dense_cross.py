"""AFT203: each task of one level waits for each of another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from airflow_tune.dags.model import Dag, Edge
from airflow_tune.findings import Severity
from airflow_tune.lint.blocks import statement_at
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import named, replace, source_of
from airflow_tune.lint.index import dotted
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

JOIN = "join"
PLAIN = "all_success"
ON_FAILURE = frozenset({"all_failed", "one_failed", "all_skipped"})
"""Trigger rules that are met when tasks before do not succeed."""
MOST = 100
"""Edges between two levels that are left alone; judgement: 10 x 10 tasks are still easy to read."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield levels of a DAG that are fully related with more edges than `max-edges`."""
    most = subject.options.of("AFT203", "max-edges", MOST)
    for dag in subject.graph.dags:
        above: dict[str, list[str]] = {}
        for edge in dag.edges:
            above.setdefault(edge.downstream, []).append(edge.upstream)
        levels: dict[tuple[str, ...], list[str]] = {}
        for key, ups in above.items():
            levels.setdefault(tuple(sorted(ups)), []).append(key)
        for level, downs in levels.items():
            if len(level) > 1 and len(downs) > 1 and len(level) * len(downs) > most:
                yield crossed(subject, dag, len(level), downs)


def crossed(subject: Subject, dag: Dag, above: int, downs: Sequence[str]) -> Hit:
    """Return the hit on one level of tasks that wait for all those of another."""
    edge = next(one for one in dag.edges if one.downstream == downs[0])
    message = f"{above} tasks x {len(downs)} tasks make {above * len(downs)} edges"
    rule = rule_of(dag, downs)
    if rule == PLAIN and dag.defaults.get("trigger_rule", PLAIN) == PLAIN:
        return Hit(edge.place.line, message, edge.place.file, joined(subject, dag, edge, ""))
    # Behind a task that failures do not reach, a rule that waits for one is never met.
    kept = rule and rule not in ON_FAILURE
    fix = joined(subject, dag, edge, f', trigger_rule="{rule}"') if kept else None
    return Hit(edge.place.line, message, edge.place.file, fix, advised(rule))


def rule_of(dag: Dag, downs: Sequence[str]) -> str:
    """Return the trigger rule that tasks have, "" where they differ or one is not known."""
    level = set(downs)
    found = {task.key: task.argument("trigger_rule") for task in dag.tasks if task.key in level}
    rules = {rule if isinstance(rule, str) and rule.isidentifier() else "" for rule in found.values()}
    return rules.pop() if len(rules) == 1 else ""


def advised(rule: str) -> str:
    """Return what to do where not all tasks of the lower level wait for the success of all others."""
    if not rule:
        return (
            "Put one EmptyOperator between the two levels for each trigger_rule of the lower level's tasks, "
            "with that rule: one of another rule would change when they run."
        )
    rest = "set its tasks to all_success" if rule in ON_FAILURE else "its tasks can keep theirs"
    made = f'EmptyOperator(trigger_rule="{rule}")'
    return f"Put one {made} between the two levels, with the rule of the lower level; {rest}."


def joined(subject: Subject, dag: Dag, edge: Edge, rule: str) -> Fix | None:
    """Return the fix that puts one empty task between two lists that cross_downstream relates."""
    statement = statement_at(subject, edge.place)
    call = statement.value if isinstance(statement, ast.Expr) else None
    known = named(subject, empty_operator(subject))
    taken = any(task.task_id == JOIN for task in dag.tasks)
    if known is None or taken or not isinstance(call, ast.Call) or len(call.args) != 2:  # noqa: PLR2004 - its lists
        return None
    if dotted(call.func, subject.index.aliases).rpartition(".")[2] != "cross_downstream":
        return None
    above, below = (source_of(subject, one) for one in call.args)
    made = f'{known[0]}(task_id="{JOIN}"{rule})'
    return Fix((replace(call, f"{above} >> {made} >> {below}"), *known[1]))


def empty_operator(subject: Subject) -> str:
    """Return where the Airflow that a file is written for has its EmptyOperator."""
    names = subject.index.aliases.values()
    new = any(name.startswith(("airflow.sdk", "airflow.providers.standard")) for name in names)
    return f"airflow.{'providers.standard.' if new else ''}operators.empty.EmptyOperator"


RULE = Rule(
    "AFT203",
    "dense-cross-dependency",
    Severity.WARN,
    Explanation(
        what="Two levels of tasks are related all with all, more than a hundred edges.",
        why=(
            "The scheduler checks each of the N x M edges for every run; through one empty task "
            "between the levels they are N + M."
        ),
        example="cross_downstream(fifty_tasks, fifty_others)",
        instead="Put one EmptyOperator between the two levels.",
        fix=(
            "Unsafe: one EmptyOperator in the middle of cross_downstream, with the trigger_rule of the level "
            "below; it is a new task of the DAG."
        ),
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
    {"max-edges": MOST},
)
