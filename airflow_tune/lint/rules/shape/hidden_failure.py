"""AFT212: a last task succeeds whatever happened before, and with it the run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.dags.model import Reference, Task
from airflow_tune.findings import Severity
from airflow_tune.lint.given import idle
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.shape import Shape
from airflow_tune.lint.subject import Subject

WHATEVER = frozenset({"all_done", "always", "dummy", "one_done"})
"""Rules with which a task runs after failed upstream tasks, and is not about the failure."""
LOOKS = re.compile(r"\braise\b|get_task_instance|get_failed|AirflowException|sys\.exit")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield last tasks that hide the failure of tasks which no other last task would tell of."""
    for shape in subject.shapes:
        if shape.dag.complete and shape.small:
            leaves = [task for task in shape.leaves if not task.is_teardown]
            hiding = [task for task in leaves if task.argument("trigger_rule") in WHATEVER]
            seen = {key for task in leaves if task not in hiding for key in shape.before.of(task.key)}
            for task in hiding:
                hidden = sorted(key for key in shape.before.of(task.key) - seen if not idle(shape.tasks[key]))
                if hidden and not looks(subject, task):
                    yield hit(shape, task, hidden, alone=len(leaves) == 1)


def hit(shape: Shape, task: Task, hidden: list[str], *, alone: bool) -> Hit:
    """Return the hit for one last task."""
    direct = [key for key in hidden if key in shape.up[task.key]] or hidden
    names = ", ".join(direct[:3]) + (" and others" if len(direct) > 3 else "")  # noqa: PLR2004 - enough names
    rule = task.argument("trigger_rule")
    whole = f"{task.key} ({rule}) is" if alone else f"{task.key} ({rule}) and the other last tasks are"
    message = f"the run is a success whenever {whole}, though {names} failed"
    return Hit(task.place.line, message, task.place.file)


def looks(subject: Subject, task: Task) -> bool:
    """Return whether the task's own code can fail the run, as a watcher does."""
    called = task.arguments.get("python_callable")
    if not isinstance(called, Reference):
        return False
    here = bool(subject.index.defined(called.name, called.line))
    if not here or task.place.file != subject.file:
        return True
    first = subject.lines[called.line - 1 :]
    margin = len(first[0]) - len(first[0].lstrip()) if first else 0
    for number, line in enumerate(first):
        inside = (
            not line.strip()
            or len(line) - len(line.lstrip()) > margin
            or line.lstrip().startswith((")", "@"))
        )
        if number and not inside and not line.lstrip().startswith(("def ", "async def ")):
            return False
        if LOOKS.search(line):
            return True
    return False


RULE = Rule(
    "AFT212",
    "leaf-hides-failure",
    Severity.WARN,
    Explanation(
        what="The last task of a DAG runs whatever happened before it (trigger_rule all_done or the like).",
        why=(
            "A run's state is that of its last tasks: when a clean-up succeeds after a failure, the run is "
            "shown as a success and nobody is told."
        ),
        example='load >> BashOperator(task_id="clean", bash_command="rm x", trigger_rule="all_done")',
        instead=(
            "Add a last task with trigger_rule one_failed that fails; of a mere clean-up make a teardown "
            "(.as_teardown())."
        ),
        fix="No edit: which tasks count is the author's decision.",
        sources=(
            (
                "https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html"
                "#example-of-watcher-pattern-with-trigger-rules"
            ),
        ),
    ),
    check,
)
