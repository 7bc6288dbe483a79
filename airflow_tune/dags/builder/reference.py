"""Which results of other tasks an argument holds (`XComArg.iter_xcom_references`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from airflow_tune.dags.builder import relate
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.graph import MappedArgument, TaskValue, XCom

# Arguments of BaseOperator itself: none is a template field, so results in them add no edges.
BASE_ARGUMENTS = frozenset(
    [
        "task_id",
        "owner",
        "email",
        "email_on_retry",
        "email_on_failure",
        "retries",
        "retry_delay",
        "retry_exponential_backoff",
        "max_retry_delay",
        "start_date",
        "end_date",
        "depends_on_past",
        "ignore_first_depends_on_past",
        "wait_for_past_depends_before_skipping",
        "wait_for_downstream",
        "dag",
        "params",
        "default_args",
        "priority_weight",
        "weight_rule",
        "queue",
        "pool",
        "pool_slots",
        "sla",
        "execution_timeout",
        "on_execute_callback",
        "on_failure_callback",
        "on_success_callback",
        "on_retry_callback",
        "on_skipped_callback",
        "pre_execute",
        "post_execute",
        "trigger_rule",
        "resources",
        "run_as_user",
        "map_index_template",
        "max_active_tis_per_dag",
        "max_active_tis_per_dagrun",
        "executor",
        "executor_config",
        "do_xcom_push",
        "multiple_outputs",
        "inlets",
        "outlets",
        "task_group",
        "doc",
        "doc_md",
        "doc_json",
        "doc_yaml",
        "doc_rst",
        "task_display_name",
        "logger_name",
        "allow_nested_operators",
        "python_callable",
        "on_failure_fail_dagrun",
    ]
)
SCALARS = frozenset({str, int, bool, float, type(None)})
DEEP = 12
"""Levels of containers and tasks that are searched for results."""


def references(value: object, depth: int = 0) -> Iterator[TaskValue]:
    """Yield the tasks whose results `value` holds."""
    if isinstance(value, (XCom, MappedArgument)):
        yield from value.tasks
    elif depth <= DEEP:
        for part in parts(value):
            if type(part) not in SCALARS:
                yield from references(part, depth + 1)


def parts(value: object) -> Iterable[object]:
    """Return what a container holds, or a task among its arguments that may be templates."""
    if isinstance(value, (list, tuple, set)):
        return value
    if isinstance(value, dict):
        return value.values()
    return templated(value.arguments) if isinstance(value, TaskValue) else ()


def upstream_of(run: Run, task: TaskValue, values: list[object], call: Call) -> None:
    """Set the tasks whose results are among `values` upstream of `task`."""
    for value in values:
        if type(value) in SCALARS:
            continue
        for up in references(value):
            if up is not task:
                relate.edge(run, up, task, call)
        if (
            isinstance(value, (list, dict, tuple))
            and (reason := run.taint_of(value))
            and any(references(value))
        ):
            doubt(task, reason)


def doubt(task: TaskValue, reason: Unknown) -> None:
    """Doubt the task's DAG."""
    if task.dag is not None:
        task.dag.doubt(reason)


def templated(arguments: dict[str, object]) -> list[object]:
    """Return the arguments that may be template fields."""
    return [value for name, value in arguments.items() if name not in BASE_ARGUMENTS]
