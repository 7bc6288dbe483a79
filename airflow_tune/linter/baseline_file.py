"""The baseline's file (`airflow-tune/baseline/1`): one line for each finding, so that merges stay easy."""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterable, Sequence
from pathlib import Path

from airflow_tune.apply.failure import told
from airflow_tune.apply.write import replace_whole
from airflow_tune.errors import UsageError
from airflow_tune.lint.baseline import Known
from airflow_tune.lint.violation import Violation

SCHEMA = "airflow-tune/baseline/1"


def known_of(found: Iterable[Violation], path: Path) -> list[tuple[Violation, Known]]:
    """Return findings with how a baseline at `path` names them: files relative to its folder."""
    folder = str(path.absolute().parent)
    names: dict[str, str] = {}
    named = []
    for one in found:
        where = one.origin.where if one.origin else ""
        if where not in names:
            names[where] = named_from(folder, where)
        named.append((one, Known(names[where], one.code, one.fingerprint)))
    return named


def named_from(folder: str, file: str) -> str:
    """Return a file's path relative to the baseline's folder, with forward slashes."""
    return os.path.relpath(file, folder).replace(os.sep, "/")


def read_baseline(path: Path) -> list[Known]:
    """Return the findings of a baseline; raises UsageError where it is none or cannot be read."""
    remedy = "write it anew: --update-baseline"
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["schema"] != SCHEMA:
            raise UsageError(f"the schema is not {SCHEMA}", where=str(path), remedy=remedy)
        return [Known(one["file"], one["code"], one["fingerprint"]) for one in data["findings"]]
    except OSError as error:
        raise UsageError(
            f"the baseline could not be read: {error.strerror}", where=str(path), remedy=remedy
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError("it is no baseline of airflow-tune", where=str(path), remedy=remedy) from error


def write_baseline(path: Path, known: Sequence[Known]) -> None:
    """Write a baseline, whole or not at all; raises ApplyError where that cannot be."""
    lines = [
        json.dumps({"file": one.file, "code": one.code, "fingerprint": one.fingerprint}, ensure_ascii=False)
        for one in known
    ]
    body = ",\n".join(f"    {line}" for line in lines)
    findings = f"[\n{body}\n  ]" if lines else "[]"
    text = f'{{\n  "schema": "{SCHEMA}",\n  "findings": {findings}\n}}\n'
    with told(path, "could not be written"):
        replace_whole(path, text.encode())
