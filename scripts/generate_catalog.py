"""Write the option catalogs of all known Airflow versions from their wheels, without importing Airflow.

    python scripts/generate_catalog.py           write airflow_tune/settings/data/*.json
    python scripts/generate_catalog.py --check   fail where a file is not what would be written

Wheels come from pip and are kept in --cache. The same wheels give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import catalog_release
import catalog_renames
import catalog_wheel as wheels

DATA = Path(__file__).parent.parent / "airflow_tune" / "settings" / "data"
CACHE = Path.home() / ".cache" / "airflow-tune" / "wheels"

# minor → Airflow, celery provider, cncf.kubernetes provider: the providers that were current when the
# release came out; 2.11 gets those that an installation of it resolves to today.
RELEASES = {
    "2.7": ("2.7.3", "3.4.1", "7.8.0"),
    "2.8": ("2.8.4", "3.6.1", "8.0.1"),
    "2.9": ("2.9.3", "3.7.2", "8.3.3"),
    "2.10": ("2.10.5", "3.10.0", "10.1.0"),
    "2.11": ("2.11.2", "3.26.0", "10.25.0"),
    "3.0": ("3.0.6", "3.12.2", "10.7.0"),
    "3.1": ("3.1.8", "3.17.0", "10.14.0"),
    "3.2": ("3.2.2", "3.20.0", "10.17.0"),
    "3.3": ("3.3.2", "3.26.0", "10.25.0"),
}


def main() -> int:
    """Write or check the files; return 1 where a check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing, fail on differences")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where wheels are kept")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    files = {name: _text(content) for name, content in build(given.cache).items()}
    if given.check:
        return _check(files)
    for name, text in files.items():
        (DATA / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


def build(cache: Path) -> dict[str, dict[str, Any]]:
    """Return file name → content of every catalog file."""
    cores = {minor: _core(minor, cache) for minor in RELEASES}
    catalogs = {minor: _catalog(minor, cores[minor], cache) for minor in RELEASES}
    rules = [rule for core in cores.values() for rule in wheels.lint_rules(core)]
    files = {f"{minor}.json": catalog for minor, catalog in catalogs.items()}
    files["renames.json"] = catalog_renames.renames(catalogs, rules)
    files["revisions.json"] = _revisions(cores)
    return files


def _revisions(cores: dict[str, wheels.Wheel]) -> dict[str, list[str]]:
    """Return revision → [the version that brought it, the last known minor version that has it]."""
    found: dict[str, list[str]] = {}
    for minor, core in cores.items():
        heads = wheels.revision_heads(core)
        for version, revision in heads.items():
            found.setdefault(revision, [version, ".".join(version.split(".")[:2])])
        found[list(heads.values())[-1]][1] = minor
    return found


def _others(minor: str, cache: Path) -> list[wheels.Wheel]:
    """Return the task SDK, which reads options of its own since Airflow 3.0; 1.2.3 is that of 3.2.3."""
    version = RELEASES[minor][0]
    if version.startswith("2."):
        return []
    return [wheels.fetch("apache-airflow-task-sdk", f"1{version[1:]}", cache)]


def _core(minor: str, cache: Path) -> wheels.Wheel:
    version = RELEASES[minor][0]
    package = "apache-airflow" if version.startswith("2.") else "apache-airflow-core"
    return wheels.fetch(package, version, cache)


def _catalog(minor: str, core: wheels.Wheel, cache: Path) -> dict[str, Any]:
    version, celery, kubernetes = RELEASES[minor]
    providers = {
        "celery": wheels.fetch("apache-airflow-providers-celery", celery, cache),
        "cncf/kubernetes": wheels.fetch("apache-airflow-providers-cncf-kubernetes", kubernetes, cache),
    }
    releases = {"apache-airflow": version, "celery": celery, "cncf.kubernetes": kubernetes}
    return {"releases": releases, **catalog_release.describe(core, providers, _others(minor, cache))}


def _text(content: dict[str, Any]) -> str:
    """Return compact JSON with a line per section or name, so that a change can be read as a diff."""
    lines = [f"{json.dumps(key)}: {_value(value)}" for key, value in content.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _value(value: object) -> str:
    if isinstance(value, dict) and any(isinstance(each, dict) for each in value.values()):
        lines = [f" {json.dumps(key)}: {_value(each)}" for key, each in value.items()]
        return "{\n" + ",\n".join(lines) + "\n}"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _check(files: dict[str, str]) -> int:
    present = {path.name: path.read_text(encoding="utf-8") for path in DATA.glob("*.json")}
    wrong = sorted(name for name in files | present if files.get(name) != present.get(name))
    for name in wrong:
        print(f"{DATA.name}/{name} is not what {Path(__file__).name} writes", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
