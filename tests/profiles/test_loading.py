from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflow_tune.errors import DocumentError
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.profiles import load_profile

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "profiles.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)


def written(path: Path, text: str) -> str:
    (path / "mine.yaml").write_text(text)
    return str(path / "mine.yaml")


def refusal(path: Path, text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        load_profile(written(path, text))
    return str(caught.value)


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split("\n", 1)[0])
def test_each_example_of_the_documentation_loads(tmp_path: Path, text: str) -> None:
    assert load_profile(written(tmp_path, text)).name == "mine"


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 3


def test_the_first_example_says_what_it_says(tmp_path: Path) -> None:
    path = written(tmp_path, EXAMPLES[0])
    profile = load_profile(path)
    heavy = profile.task_class("memory-heavy")
    assert profile.description == "Our warehouse loads"
    assert profile.extends == ("batch-etl", "base")
    assert heavy.memory_bytes.value == 3 * 2**30
    assert heavy.memory_bytes.source.startswith("peak of load_orders")
    assert heavy.memory_bytes.origin == Origin(OriginKind.FILE, path, 6)
    assert heavy.duration_s.value == 720
    assert str(heavy.share.origin) == "profiles/batch-etl.yaml:16"
    assert profile.headroom.memory.value == 0.3
    assert profile.headroom.memory.source == "given without a source"
    assert profile.origin.where == path


def test_a_file_that_extends_nothing_stands_on_base(tmp_path: Path) -> None:
    profile = load_profile(written(tmp_path, "limits: {active_runs: 7}"))
    assert profile.extends == ("base",)
    assert profile.description == "given without a description"
    assert profile.limits.active_runs.value == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("headrom: {memory: 0.1}", 'mine.yaml:1: .*headrom.*did you mean "headroom"?'),
        ("classes:\n  cpu: {shar: 0.1}", 'mine.yaml:2: .*classes.cpu.shar.*did you mean "share"?'),
        ("classes:\n  cpus: {share: 0.1}", 'mine.yaml:2: .*did you mean "cpu"?'),
        ("limits:\n  active_runs: {value: 3, sauce: x}", 'mine.yaml:2: .*sauce.*did you mean "source"?'),
        ("headroom: {memory: 1}", "mine.yaml:1: .*headroom.memory: expected less than 1, found 1"),
        ("limits: {dag_share: 0}", "mine.yaml:1: .*limits.dag_share: expected more than 0, found 0"),
        ("limits: {active_runs: 1.5}", "mine.yaml:1: .*limits.active_runs: expected a whole number"),
        ("classes: {cpu: {memory: lots}}", 'mine.yaml:1: .*"lots" is no size'),
        ("classes: {cpu: {duration: 5 fortnights}}", 'mine.yaml:1: .*"5 fortnights" has no unit of time'),
        ("classes:\n  cpu:\n    duration: 0s", "mine.yaml:3: classes.cpu.duration is no time at all"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    assert re.search(expected.replace("?", r"\?"), refusal(tmp_path, text))


def test_shares_that_do_not_sum_to_one_are_listed(tmp_path: Path) -> None:
    said = refusal(tmp_path, "extends: batch-etl\nclasses:\n  cpu: {share: 0.5}")
    assert "the shares of the classes sum to 1.2, not to 1: cpu 0.5 (" in said
    assert "mine.yaml:3), io 0.25 (profiles/batch-etl.yaml:10)" in said
    assert "give every class its share" in said


def test_a_typical_task_cannot_run_longer_than_the_longest(tmp_path: Path) -> None:
    said = refusal(tmp_path, "classes:\n  api:\n    duration: 2h")
    assert "mine.yaml:3: classes.api: duration (7200) is above longest (1800, profiles/base.yaml:" in said


def test_a_warning_cannot_come_after_the_critical_value(tmp_path: Path) -> None:
    said = refusal(tmp_path, "thresholds:\n  memory: {warn: 0.97}")
    assert "mine.yaml:2: thresholds.memory: warn (0.97) is above critical (0.95, profiles/base.yaml:" in said
