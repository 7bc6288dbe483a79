from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from airflow_tune.documents import load_document, load_schema
from airflow_tune.installation.sources import DEFAULT_PROFILE
from airflow_tune.profiles import load_profile, profile_names, shelf
from airflow_tune.profiles.model import CLASSES, POOLS, Sourced

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def _fresh_shelf() -> Iterator[None]:
    shelf.shelf.cache_clear()
    yield
    shelf.shelf.cache_clear()


def numbers(part: object) -> Iterator[Sourced]:
    """Every number that a profile holds, however deep."""
    if isinstance(part, Sourced):
        yield part
        return
    inner = part.values() if hasattr(part, "values") else part if isinstance(part, tuple) else ()
    for each in inner:
        yield from numbers(each)


def test_the_shelf_holds_what_the_documentation_names() -> None:
    documented = {
        line.split("`")[1]
        for line in (REPOSITORY / "docs" / "profiles.md")
        .read_text()
        .split("## Write your own")[0]
        .splitlines()
        if line.startswith("| `")
    }
    assert set(profile_names()) == documented
    assert DEFAULT_PROFILE in profile_names()
    assert list(profile_names()) == sorted(profile_names())


@pytest.mark.parametrize("name", [*profile_names(), "base"])
def test_each_fits_the_schema_that_users_are_held_to(name: str) -> None:
    document = load_document(
        shelf.shelf() / f"{name}.yaml", load_schema("airflow_tune.profiles"), what="profile"
    )
    assert document.value("description")
    assert document.value("extends") == (None if name == "base" else "base")


@pytest.mark.parametrize("name", [*profile_names(), "base"])
def test_each_number_says_where_it_is_from(name: str) -> None:
    found = list(numbers(load_profile(name)))
    assert len(found) == 5 * len(CLASSES) + 3 + 3 + len(POOLS) + 2 + 2 + 3 + 1 + 8
    starts = ("start value, judgement", "optimization guide", "judgement: ")
    assert all(number.source.startswith(starts) for number in found)
    assert all(str(number.origin).startswith("profiles/") and number.origin.line for number in found)


def test_the_guides_numbers_are_the_guides() -> None:
    profile = load_profile("batch-etl")
    assert {name: slots.value for name, slots in profile.pools.base.items()} == {
        "cpu": 2, "io": 4, "memory-heavy": 1, "api": 5, "database": 3,
    }  # fmt: skip
    limits, thresholds = profile.limits, profile.thresholds
    assert (limits.dag_share.value, limits.active_runs.value, limits.tasks_per_child.value) == (0.5, 3, 1000)
    assert [
        (one.warn.value, one.critical.value)
        for one in (thresholds.execution_time, thresholds.memory, thresholds.cpu, thresholds.error_rate)
    ] == [(300, 600), (0.8, 0.95), (0.7, 0.85), (0.05, 0.1)]
    assert profile.mean_cpu_share() == pytest.approx(0.5, abs=0.02)  # two tasks per core
    assert profile.longest_s() == 21600


@pytest.mark.usefixtures("_fresh_shelf")
def test_an_installed_wheel_brings_its_own_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "airflow_tune"
    (tmp_path / "profiles").mkdir()
    monkeypatch.setattr(shelf, "_PACKAGE", package)
    assert shelf.shelf() == tmp_path / "profiles"
    shelf.shelf.cache_clear()
    (package / "_profiles").mkdir(parents=True)
    assert shelf.shelf() == package / "_profiles"
