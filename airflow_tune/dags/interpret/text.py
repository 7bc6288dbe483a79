"""f-strings, `%` and `str.format` with their widths bounded."""

from __future__ import annotations

import ast
from typing import cast

from airflow_tune.dags.interpret.lift import bounded, lift
from airflow_tune.dags.interpret.operation import wide
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.truth import is_plain
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.graph import DagValue, GroupValue, MappedArgument, TaskValue, XCom
from airflow_tune.dags.values.klass import Instance
from airflow_tune.dags.values.scope import Scope


def joined(run: Run, node: ast.JoinedStr, scope: Scope) -> object:
    """Evaluate an f-string."""
    parts = [run.evaluate(part, scope) for part in node.values]
    if all(type(part) is str for part in parts):
        return bounded("".join(cast("list[str]", parts)), node.lineno)
    return lift(run, concatenated, parts, node.lineno)


def concatenated(*parts: object) -> str:
    """Return the parts as one text."""
    return "".join(cast("tuple[str, ...]", parts))


def formatted(run: Run, node: ast.FormattedValue, scope: Scope) -> object:
    """Evaluate one `{value!r:spec}` of an f-string."""
    value = run.evaluate(node.value, scope)
    if node.format_spec is None and (type(value) is str or type(value) is int) and node.conversion < 0:
        return str(value)
    value = as_text(value)
    spec = run.evaluate(node.format_spec, scope) if node.format_spec else ""
    if isinstance(spec, str) and wide(spec):
        return Unknown("a format too wide to build", node.lineno)
    if node.conversion == ord("r"):
        return lift(run, lambda v, s: format(repr(v), s), (value, spec), node.lineno)
    if node.conversion == ord("s"):
        return lift(run, lambda v, s: format(str(v), s), (value, spec), node.lineno)
    return lift(run, format, (value, spec), node.lineno)


def as_text(value: object) -> object:
    """Return Airflow's objects as the text that they print as; it matters only inside templates."""
    if isinstance(value, XCom):
        return "{{ task_instance.xcom_pull(...) }}"
    if isinstance(value, TaskValue):
        return f"<Task({value.operator}): {value.key}>"
    if isinstance(value, DagValue):
        return f"<DAG: {value.dag_id}>"
    if isinstance(value, (GroupValue, MappedArgument)):
        return f"<{type(value).__name__}>"
    if isinstance(value, Instance):
        return value.attributes.get("value") if is_enum_text(value) else Unknown("the text of an object")
    return value if is_plain(value) or isinstance(value, Unknown) else Unknown("the text of an object")


def is_enum_text(value: Instance) -> bool:
    """Return whether an instance prints as its value, as StrEnum members do."""
    return value.cls.derives("StrEnum")
