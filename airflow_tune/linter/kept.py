"""Results as bytes, read back without trusting them: only plain records are ever made from them.

A cache may come with a repository; unpickling whatever it names would run whatever it says.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

ALLOWED = frozenset(
    {
        ("builtins", "frozenset"), ("builtins", "set"),
        ("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"), ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("airflow_tune.dags.model", "Missing"), ("airflow_tune.dags.model", "Place"),
        ("airflow_tune.dags.model", "Reference"), ("airflow_tune.dags.model", "Unknown"),
        ("airflow_tune.dags.values.clock", "Clock"), ("airflow_tune.dags.values.doubted", "Doubted"),
        ("airflow_tune.dags.values.zone", "Zone"),
        ("airflow_tune.lint.dataflow.chain", "Chain"), ("airflow_tune.lint.dataflow.effects", "Resource"),
        ("airflow_tune.lint.dataflow.link", "Link"), ("airflow_tune.lint.dataflow.link", "Verdict"),
        ("airflow_tune.findings", "Evidence"), ("airflow_tune.findings", "Layer"),
        ("airflow_tune.findings", "Severity"),
        ("airflow_tune.lint.check", "Examined"),
        ("airflow_tune.lint.edit", "Edit"), ("airflow_tune.lint.edit", "Fix"),
        ("airflow_tune.lint.facts", "DagFacts"), ("airflow_tune.lint.facts", "FileFacts"),
        ("airflow_tune.lint.facts", "TaskFacts"),
        ("airflow_tune.lint.suppression", "Suppression"),
        ("airflow_tune.lint.violation", "Span"), ("airflow_tune.lint.violation", "Violation"),
        ("airflow_tune.origins", "Origin"), ("airflow_tune.origins", "OriginKind"),
    }
)  # fmt: skip


class Restricted(pickle.Unpickler):
    """Makes plain records only."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as the method it stands in for
        """Return a class that may be made; raises UnpicklingError for all others."""
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not kept")


def dumped(result: object) -> bytes:
    """Return a result as bytes, empty-handed for one that cannot be kept: then it is found anew each time."""
    try:
        return pickle.dumps(result, protocol=4)
    except Exception:  # noqa: BLE001 - a rule of others may put anything into its findings
        return b"?"


def loaded(data: bytes) -> object:
    """Return a result from bytes, None where they hold anything else than plain records."""
    try:
        return Restricted(io.BytesIO(data)).load()
    except Exception:  # noqa: BLE001 - broken bytes fail in as many ways as there are
        return None
