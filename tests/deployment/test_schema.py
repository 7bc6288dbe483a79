from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from airflow_tune.deployment.reading import load_deployment
from airflow_tune.documents import load_schema
from airflow_tune.documents.quantity import FORMATS

PAGE = (Path(__file__).parents[2] / "docs" / "deployment.md").read_text(encoding="utf-8")
EXAMPLES = [block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "schedulers:" in block]
SCHEMA = load_schema("airflow_tune.deployment")


def subschemas(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for each in inner:
        yield from subschemas(each)


KEYS = sorted({key for each in subschemas(SCHEMA) for key in each.get("properties", {})})


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_every_object_refuses_unknown_keys():
    objects = [each for each in subschemas(SCHEMA) if each.get("type") == "object"]
    assert objects
    assert all(each["additionalProperties"] is False for each in objects)


def test_every_format_is_checked():
    named = {each["format"] for each in subschemas(SCHEMA) if isinstance(each.get("format"), str)}
    assert named == {"cores", "bytes"}
    assert named <= set(FORMATS)


def test_every_key_has_a_title_for_editors():
    for each in subschemas(SCHEMA):
        for key, value in each.get("properties", {}).items():
            target = SCHEMA["$defs"].get(value.get("$ref", "").removeprefix("#/$defs/"), {})
            # The two parts of a size are told by the definitions that they refer to.
            assert {**target, **value}.get("title"), key


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_told_on_the_page(key):
    assert f"| `{key}` |" in PAGE


@pytest.mark.parametrize("example", EXAMPLES, ids=["one machine", "celery", "kubernetes"])
def test_the_examples_of_the_page_are_read(example, tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(example, encoding="utf-8")
    deployment = load_deployment(path)
    assert deployment.worker_total >= 1
    assert deployment.database.usable_connections
