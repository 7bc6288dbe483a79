"""Workload profiles as text and JSON (`airflow-tune/profile/1`, `airflow-tune/profiles/1`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airflow_tune.profiles.model import Profile, Sourced
from airflow_tune.report.jsonable import Json, dump, origin_json
from airflow_tune.report.page import Page
from airflow_tune.units import format_bytes, format_duration

LIST_SCHEMA = "airflow-tune/profiles/1"
SHOW_SCHEMA = "airflow-tune/profile/1"
NAMES = ("headroom", "limits", "pools", "parsing", "scheduling", "triggers", "thresholds")


def list_text(found: Sequence[Profile], *, width: int, colour: bool) -> str:
    """Return one line for each profile."""
    page = Page(width=width, colour=colour)
    page.table([(one.name, one.description) for one in found], indent=0)
    return page.text()


def list_json_text(found: Sequence[Profile]) -> str:
    """Return the names and descriptions."""
    profiles = [{"name": one.name, "description": one.description} for one in found]
    return dump({"schema": LIST_SCHEMA, "profiles": profiles})


def _numbers(value: Any, path: str) -> Iterator[tuple[str, Sourced]]:  # noqa: ANN401 - walks any record
    """Yield every number below `value` with its dotted path."""
    if isinstance(value, Sourced):
        yield path, value
    elif isinstance(value, Mapping) or hasattr(value, "_asdict"):
        for key, inner in (value if isinstance(value, Mapping) else value._asdict()).items():
            yield from _numbers(inner, f"{path}.{key}")


def numbers(profile: Profile) -> list[tuple[str, Sourced]]:
    """Return every number of a profile, task classes first."""
    found = [pair for one in profile.classes for pair in _numbers(one, f"classes.{one.name}")]
    return found + [pair for name in NAMES for pair in _numbers(getattr(profile, name), name)]


def _shown(path: str, number: Sourced) -> str:
    if path.endswith("_bytes"):
        return format_bytes(number.value)
    if path.endswith("_s"):
        return format_duration(number.value)
    return f"{number.value:g}"


def show_text(profile: Profile, *, width: int, colour: bool) -> str:
    """Return every number with what it is from."""
    page = Page(width=width, colour=colour)
    page.line(f"{profile.name}: {profile.description}", style="bold")
    page.labelled("from", str(profile.origin), indent=0, width=8)
    page.labelled("extends", " → ".join(profile.extends), indent=0, width=8)
    for path, number in numbers(profile):
        page.line(f"{path} = {_shown(path, number)}", indent=2)
        page.labelled("", f"{number.source} [{number.origin}]", indent=4, width=0)
    return page.text()


def show_json_text(profile: Profile) -> str:
    """Return every number with its source, nested as in the file."""
    report: Json = {
        "schema": SHOW_SCHEMA,
        "name": profile.name,
        "description": profile.description,
        "origin": origin_json(profile.origin),
        "extends": list(profile.extends),
        "numbers": {
            path: {"value": one.value, "source": one.source, "origin": origin_json(one.origin)}
            for path, one in numbers(profile)
        },
    }
    return dump(report)
