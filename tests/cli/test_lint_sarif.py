"""What is written as SARIF follows its schema, with columns as other programs count them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Log

FIXTURES = Path(__file__).parents[1] / "fixtures" / "lint"


def sarif(tune, *arguments):
    return json.loads(tune("lint", "--no-cache", "--format", "sarif", *arguments).stdout)


def test_findings_fixes_and_notes_of_all_fixtures_follow_the_schema(tune, tmp_path):
    for path in FIXTURES.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    said = sarif(tune, tmp_path)
    Log.model_validate_json(json.dumps(said))
    results = said["runs"][0]["results"]
    assert len({one["ruleId"] for one in results}) > 60
    assert any(one.get("fixes") for one in results)


def test_the_schema_refuses_what_is_not_in_it(tune, tmp_path):
    (tmp_path / "a_dag.py").write_bytes((FIXTURES / "AFT106.py").read_bytes())
    said = sarif(tune, tmp_path)
    said["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] = 0
    with pytest.raises(ValidationError, match="startColumn"):
        Log.model_validate_json(json.dumps(said))


def test_columns_count_code_points_of_the_node_that_is_wrong(tune, tmp_path):
    source = 'from airflow import DAG\nimport time\ntold = "né 😀"; time.sleep(\n    5\n)\n'
    (tmp_path / "a_dag.py").write_text(source, encoding="utf-8")
    region = {
        one["ruleId"]: one["locations"][0]["physicalLocation"]["region"]
        for one in sarif(tune, tmp_path)["runs"][0]["results"]
    }["AFT106"]
    assert region == {"startLine": 3, "startColumn": 16, "endLine": 5, "endColumn": 2}
