from __future__ import annotations

from pathlib import Path

import pytest

from airflow_tune.errors import DocumentError, UsageError
from airflow_tune.profiles import load_profile
from airflow_tune.profiles.chain import LONGEST_CHAIN


def refusal(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        load_profile(str(path))
    return str(caught.value)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        load_profile("batch-elt")
    assert str(caught.value) == (
        'no profile is called "batch-elt", and there is no such file\n  → did you mean "batch-etl"?'
    )


def test_a_file_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ours").write_text("limits: {active_runs: 4}")
    monkeypatch.chdir(tmp_path)
    assert load_profile("ours").limits.active_runs.value == 4


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.yaml").startswith(f"{tmp_path}/none.yaml: the profile does not exist")


def test_files_extend_files_beside_them(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "company.yaml").write_text("extends: api-ingest\nlimits: {active_runs: 4, dag_share: 0.3}")
    (tmp_path / "team" / "mine.yaml").write_text("extends: ../company.yaml\nlimits: {active_runs: 5}")
    profile = load_profile(str(tmp_path / "team" / "mine.yaml"))
    assert profile.extends == ("company", "api-ingest", "base")
    assert (profile.limits.active_runs.value, profile.limits.dag_share.value) == (5, 0.3)
    assert profile.triggers.deferred_peak.value == 50


def test_a_file_may_bear_the_name_of_what_it_extends(tmp_path: Path) -> None:
    (tmp_path / "batch-etl.yaml").write_text("extends: batch-etl")
    assert load_profile(str(tmp_path / "batch-etl.yaml")).extends == ("batch-etl", "base")


def test_a_missing_parent_is_named_with_who_extends_it(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("description: x\nextends: ./gone.yaml")
    said = refusal(tmp_path / "mine.yaml")
    assert f"{tmp_path}/gone.yaml: the profile that {tmp_path}/mine.yaml:2 extends does not exist" in said


def test_an_unknown_parent_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: sensor-heavy")
    said = refusal(tmp_path / "mine.yaml")
    assert f'{tmp_path}/mine.yaml:1: no profile is called "sensor-heavy"' in said
    assert 'did you mean "sensors-heavy"? (a file is named with its .yaml)' in said


def test_a_circle_is_refused_with_its_way(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("extends: b.yaml")
    (tmp_path / "b.yaml").write_text("description: x\nextends: ./../" + tmp_path.name + "/a.yaml")
    said = refusal(tmp_path / "a.yaml")
    assert said.startswith(f"{tmp_path}/b.yaml:2: the profile extends itself: {tmp_path}/a.yaml → ")
    assert "let one of them extend base" in said


def test_a_chain_has_an_end(tmp_path: Path) -> None:
    for n in range(LONGEST_CHAIN):
        (tmp_path / f"p{n}.yaml").write_text(f"extends: p{n + 1}.yaml")
    (tmp_path / f"p{LONGEST_CHAIN}.yaml").write_text("extends: base")
    assert f"more than {LONGEST_CHAIN} profiles extend each other" in refusal(tmp_path / "p0.yaml")
    assert len(load_profile(str(tmp_path / "p2.yaml")).extends) == LONGEST_CHAIN - 1
