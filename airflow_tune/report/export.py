"""Recommendations in the forms that Airflow itself reads: cfg, environment, and pools JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

from airflow_tune.findings import POOL_PREFIX, Recommendation
from airflow_tune.settings.candidate import variable


def _options(found: Iterable[Recommendation]) -> list[Recommendation]:
    return [one for one in found if one.is_setting]


def cfg_text(found: Iterable[Recommendation]) -> str:
    """Return the changes as sections of an airflow.cfg; those of single worker groups as comments."""
    sections: dict[str, list[str]] = {}
    for one in _options(found):
        section, _, name = one.option.partition(".")
        value = one.proposed.replace("%", "%%")
        mark = f"# on {one.scope} only: " if one.scope else ""
        sections.setdefault(section, []).extend([f"# {one.reason}", f"{mark}{name} = {value}"])
    return "\n".join(f"[{section}]\n" + "\n".join(lines) + "\n" for section, lines in sections.items())


def env_text(found: Iterable[Recommendation]) -> str:
    """Return the changes as lines of an environment file, each under its reason."""
    lines: list[str] = []
    for one in _options(found):
        section, _, name = one.option.partition(".")
        scope = f"on {one.scope} only: " if one.scope else ""
        mark = "# " if one.scope else ""
        lines += [f"# {scope}{one.reason}", f"{mark}{variable((section, name))}={one.proposed}"]
    return "".join(f"{line}\n" for line in lines)


def pools_json(found: Iterable[Recommendation]) -> str:
    """Return the proposed pools as `airflow pools import` reads them."""
    pools = {
        one.option.removeprefix(POOL_PREFIX): {
            "slots": int(one.proposed),
            "description": one.reason,
            "include_deferred": False,
        }
        for one in found
        if one.option.startswith(POOL_PREFIX)
    }
    return json.dumps(pools, indent=2, ensure_ascii=False) + "\n"
