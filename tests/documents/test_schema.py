from __future__ import annotations

import json

from airflow_tune.documents.schema import load_schema, problems_of


def test_schemas_ship_inside_packages(tmp_path, monkeypatch):
    package = tmp_path / "with_schema"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "schema.json").write_text(json.dumps({"type": "object"}), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert load_schema("with_schema") == {"type": "object"}


def test_each_violation_is_told_once():
    schema = {"required": ["a", "b", "c"]}
    assert len(problems_of({}, schema, {})) == 3
