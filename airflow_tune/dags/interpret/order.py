"""Sorting values by keys that the read code gives."""

from __future__ import annotations

from airflow_tune.dags.interpret.lift import unknown_of, within
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import follow, is_plain
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call


def ordered(run: Run, values: list[object], call: Call) -> list[object]:
    """Return values sorted as `sorted(values, key=…, reverse=…)` does."""
    key = call.kwargs.get("key")
    keys = [
        value if key is None else run.call(key, Call([value], {}, call.node, call.scope)) for value in values
    ]
    reverse = bool(follow(call.kwargs.get("reverse", False)))
    for one in keys:
        # A list goes on as it stood, but its order is not that of the file.
        reason = unknown_of([one], call.line) or within(run, one)
        if (reason or not is_plain(one)) and len(values) > 1:
            run.taint(values, reason or Unknown("the order of objects", call.line))
            return values
    try:
        order = sorted(range(len(values)), key=lambda i: follow(keys[i]), reverse=reverse)  # type: ignore[arg-type, return-value]
    except TypeError as error:
        raise RaisedError("TypeError", str(error)[:80], call.line) from None
    return [values[i] for i in order]
