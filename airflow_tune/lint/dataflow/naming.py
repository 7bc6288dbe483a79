"""Names of things in one form: templates, addresses of objects and services, paths."""

from __future__ import annotations

import posixpath
import re

from airflow_tune.lint.statement import HOLE

EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
SAME = re.compile(
    r"^\s*(?:ds|ds_nodash|ts|ts_nodash|run_id|logical_date|execution_date|data_interval_(?:start|end)|"
    r"dag\.dag_id|dag_run\.run_id|prev_ds|next_ds|yesterday_ds|tomorrow_ds|macros\.ds_add\([^)]*\))"
    r"(?:\.\w+\([^)]*\)|\s*\|\s*\w+)*\s*$"
)
"""Templates that mean the same for all tasks of a run."""
OBJECT = re.compile(r"^(s3a?|s3n|gs|wasbs?|abfss?|adl|hdfs)://", re.IGNORECASE)
SERVICE = re.compile(r"^\w+://")


def named(text: str) -> str:
    """Return a text with a word for each template that is the same for all tasks of a run, else HOLE."""
    return EXPRESSION.sub(lambda found: word(found[1]) if SAME.match(found[1]) else HOLE, text)


def word(expression: str) -> str:
    """Return the word that stands for an expression."""
    return "_".join(re.findall(r"\w+", expression))


def address(text: str) -> tuple[str, str]:
    """Return the kind and name of what a text addresses: an object, a service or a path."""
    text = named(text)
    if OBJECT.match(text):
        return "object", text.partition("://")[2].rstrip("/")
    if text.startswith("file://"):
        text = text.removeprefix("file://")
    elif SERVICE.match(text):
        return "service", text.partition("://")[2].partition("?")[0].rstrip("/")
    return "path", posixpath.normpath(text) if text else HOLE


def stored(bucket: object, key: object) -> str:
    """Return the name of an object by its bucket and key; what is not text is a hole."""
    if isinstance(key, str) and OBJECT.match(key):
        return address(key)[1]
    parts = [named(part).strip("/") if isinstance(part, str) else HOLE for part in (bucket, key)]
    return "/".join(parts)
