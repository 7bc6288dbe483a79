"""Arguments of tasks as files give them, held against those that Airflow serialized."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from airflow_tune.dags.model import OPERATOR_DEFAULTS, Dag
from airflow_tune.dags.serialized import LIMITS

# A multiplier in 3.x is a flag in 2.x, and either may be written in a file.
COMPARED = tuple(name for name in (*OPERATOR_DEFAULTS, *LIMITS) if name != "retry_exponential_backoff")
PLAIN = (str, int, float, type(None), timedelta)


def different(read: Dag, serialized: Dag) -> Iterator[str]:
    """Yield the arguments that a file gives plainly and Airflow has otherwise; what is unknown is left out.

    What a file does not give is the installation's to say (core.default_task_retries), and not compared.
    """
    theirs = {task.key: task for task in serialized.tasks}
    for task in read.tasks:
        other = theirs.get(task.key)
        for name in COMPARED if other is not None else ():
            if name not in task.arguments or other is None or name not in other.arguments:
                continue
            ours, known = task.arguments[name], other.arguments[name]
            if isinstance(ours, PLAIN) and plain(ours) != plain(known):
                yield f"{task.key}.{name}: read {plain(ours)}, serialized {plain(known)}"


def plain(value: object) -> object:
    """Return durations in seconds, and what an enumeration is spelled as."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value.value) if hasattr(value, "value") else value
