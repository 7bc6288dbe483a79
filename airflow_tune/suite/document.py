"""A Suite as JSON of the schema `airflow-tune/bench/1`, and back."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from airflow_tune.errors import BenchError
from airflow_tune.suite.decode import MisfitError, decode
from airflow_tune.suite.model import Suite

SCHEMA = "airflow-tune/bench/1"
_FAMILY, _, _NUMBER = SCHEMA.rpartition("/")


def suite_json(suite: Suite) -> dict[str, Any]:
    """Return `suite` as JSON values; the keys are the fields of suite.model, and `schema`."""
    return {"schema": SCHEMA, **dataclasses.asdict(suite)}


def suite_text(suite: Suite) -> str:
    """Return `suite` as the text of a document, which ends with a newline."""
    return json.dumps(suite_json(suite), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def parse_suite(text: str, where: str) -> Suite:
    """Return the Suite that the document `text` holds; raises BenchError at `where` otherwise."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _refusal("this is no whole JSON, so no result of bench", where) from None
    _check_schema(value.get("schema") if isinstance(value, dict) else None, where)
    try:
        return decode(Suite, value)
    except MisfitError as error:
        raise _refusal(f"this result of bench does not hold together: {error}", where) from None


def read_suite(path: Path) -> Suite:
    """Return the Suite in the file at `path`; raises BenchError where it cannot be read or is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchError(
            f"the result could not be read: {error.strerror}", where=str(path), remedy="check its path"
        ) from None
    except UnicodeDecodeError:
        raise _refusal("this is no text, so no result of bench", str(path)) from None
    return parse_suite(text, str(path))


def _check_schema(schema: object, where: str) -> None:
    if schema == SCHEMA:
        return
    family, _, number = schema.rpartition("/") if isinstance(schema, str) else ("", "", "")
    if family != _FAMILY:
        shown = f'its schema is "{schema}"' if isinstance(schema, str) else "it names no schema"
        raise _refusal(f"this is no result of bench: {shown[:80]}", where)
    raise BenchError(
        f"this result has schema {number}; this version reads {_NUMBER}",
        where=where,
        remedy="upgrade airflow-tune" if number.isdigit() else "measure again",
    )


def _refusal(why: str, where: str) -> BenchError:
    return BenchError(why, where=where, remedy="write one with `airflow-tune bench --format json -o FILE`")
