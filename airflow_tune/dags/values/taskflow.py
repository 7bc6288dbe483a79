"""Decorated functions and half-given operators: they create tasks, groups and DAGs when called."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from airflow_tune.dags.values.function import Function


@dataclass(frozen=True, slots=True, eq=False)
class Decorator:
    """`@task`, `@task.branch(...)`, `@task_group`, `@dag`: what it makes, and the arguments given so far.

    `kind` is "task", "group" or "dag"; `variant` the part after `task.`.
    """

    kind: str
    variant: str = ""
    kwargs: dict[str, object] = field(default_factory=dict)
    args: tuple[object, ...] = ()
    line: int = 0


@dataclass(slots=True, eq=False)
class Decorated:
    """A decorated function: calling it makes a task, a group or a DAG."""

    kind: str
    function: Function
    kwargs: dict[str, object]
    variant: str = ""
    partial: dict[str, object] = field(default_factory=dict)
    is_setup: bool = False
    is_teardown: bool = False

    def with_kwargs(self, extra: dict[str, object]) -> Decorated:
        """Return it with further arguments of the operator or group, as `.override` does."""
        return replace(self, kwargs={**self.kwargs, **extra})

    def with_partial(self, extra: dict[str, object]) -> Decorated:
        """Return it with further arguments of the function, as `.partial` does."""
        return replace(self, partial={**self.partial, **extra})


@dataclass(frozen=True, slots=True, eq=False)
class OperatorPartial:
    """`Operator.partial(...)`, waiting for `.expand`."""

    operator: object
    kwargs: dict[str, object]
