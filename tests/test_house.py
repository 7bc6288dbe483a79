"""Imports go one way, judging parts do no I/O, one place compares versions, and rooms stay small.

Each rule is a function from source text to what breaks it, so that each can be seen to break.
"""

from __future__ import annotations

import ast
import collections
import graphlib
import statistics
from pathlib import Path

import pytest

PACKAGE = "airflow_tune"
ROOT = Path(__file__).parent.parent / PACKAGE

# From the ground up. A new room gets its place here: it may import from any layer below its own.
LAYERS = {
    "ground": {
        "origins", "errors", "findings", "versions", "units", "measured", "secrets", "documents", "executors",
        "footprints", "compiled", "estimates", "scalability",
    },
    "nouns": {
        "host", "deployment", "settings", "profiles", "metadata", "api", "history", "installation", "dags",
        "tasklogs", "suite",
    },
    "verbs": {"diagnose", "simulate", "recommend", "lint", "bench"},
    "out": {"apply", "report", "demo", "linter"},
    "cli": {"cli"},
    "program": {"__main__"},
}  # fmt: skip
# Rooms that stand on others of their own layer. The ground's own order is kept by the absence of cycles.
PEERS = {
    "tasklogs": {"history"},
    "deployment": {"host"},
    "api": {"metadata"},
    "history": {"api", "dags"},
    "installation": {
        "host",
        "deployment",
        "settings",
        "profiles",
        "metadata",
        "api",
        "history",
        "tasklogs",
        "dags",
        "suite",
    },
    "simulate": {"diagnose"},
    "recommend": {"diagnose", "simulate"},
    "bench": {"diagnose"},
    "demo": {"report"},
    "linter": {"apply"},
}
JUDGES = ("diagnose", "simulate", "recommend", "lint")
# What reaches out of the process, or reads and writes.
REACHES_OUT = {
    "filelock", "glob", "http", "importlib", "io", "logging", "os", "psutil", "requests", "shutil", "socket",
    "sqlalchemy", "sqlite3", "subprocess", "sys", "tempfile", "time", "urllib", "yaml",
}  # fmt: skip
PURE_PATHS = {"PurePath", "PurePosixPath", "PureWindowsPath"}
LONGEST_MODULE = 500
LONGEST_MEDIAN = 150


def module_name(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {
    module_name(path): path.read_text(encoding="utf-8")
    for path in sorted(ROOT.rglob("*.py"))
    if "home" not in path.relative_to(ROOT).parts
}


def imported(source):
    """Yield (module, name) of each import wherever it stands; name is empty for `import module`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written from the package on"
            yield from ((node.module or "", alias.name) for alias in node.names)


def room(module):
    """Return the first name below the package, empty for the package itself."""
    return ".".join(module.split(".")[1:2])


def layer(name):
    for index, members in enumerate(LAYERS.values()):
        if name in members:
            return index
    where = "LAYERS in tests/test_house.py"
    raise AssertionError(
        f"{PACKAGE}.{name} has no place in the house: add it to {where}, and to DESIGN's picture"
    )


def targets(source):
    """Yield the modules of the package that `source` imports."""
    for module, name in imported(source):
        if module.split(".")[0] == PACKAGE:
            inner = f"{module}.{name}"
            yield inner if inner in SOURCES else module


def wrong_way(name, source):
    """Return the rooms that room `name` imports although they do not stand below it."""
    below = layer(name)
    used = {room(target) for target in targets(source)} - {"", name}
    allowed = PEERS.get(name, set())
    if below == 0:
        allowed = LAYERS["ground"]
    return sorted(other for other in used if layer(other) >= below and other not in allowed)


def reaches_out(source):
    """Return what in a judging part reads, writes or reaches out of the process."""
    found = {
        module
        for module, name in imported(source)
        if module.split(".")[0] in REACHES_OUT or (module == "pathlib" and name not in PURE_PATHS)
    }
    called = {
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return sorted(found | called & {"open", "print", "input", "exec", "eval", "__import__"})


def _speaks_of_version(node):
    return any(
        (isinstance(part, ast.Name) and part.id in {"version", "airflow_version", "AirflowVersion"})
        or (
            isinstance(part, ast.Attribute)
            and part.attr in {"version", "airflow_version", "minor", "_triple"}
        )
        for part in ast.walk(node)
    )


def compares_versions(source):
    """Return the lines that decide by an Airflow version instead of asking it."""
    order = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
    lines = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            ordered = any(isinstance(each, order) for each in node.ops)
            literal = any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in operands)
            if (ordered or literal) and any(map(_speaks_of_version, operands)):
                lines.add(node.lineno)
        if isinstance(node, ast.Attribute) and (
            node.attr == "_triple" or (node.attr == "startswith" and _speaks_of_version(node.value))
        ):
            lines.add(node.lineno)
    return sorted(lines)


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_imports_go_one_way(module):
    name = room(module)
    assert not name or not wrong_way(name, SOURCES[module]), f"{module} imports from beside or above itself"


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_airflow_is_never_imported(module):
    assert "airflow" not in {target.split(".")[0] for target, _ in imported(SOURCES[module])}


@pytest.mark.parametrize("module", sorted(name for name in SOURCES if room(name) in JUDGES))
def test_judges_neither_read_nor_write(module):
    assert not reaches_out(SOURCES[module])


@pytest.mark.parametrize("module", sorted(SOURCES.keys() - {f"{PACKAGE}.versions"}))
def test_only_versions_compares_versions(module):
    lines = compares_versions(SOURCES[module])
    assert not lines, f"{module} lines {lines}: ask a property of AirflowVersion, or add one there"


@pytest.mark.parametrize("grain", [str, room], ids=["modules", "rooms"])
def test_no_import_goes_round_in_a_circle(grain):
    uses = collections.defaultdict(set)
    for name, text in SOURCES.items():
        uses[grain(name)] |= {grain(target) for target in targets(text)} - {grain(name)}
    graphlib.TopologicalSorter(uses).prepare()


def test_every_place_in_the_house_is_lived_in():
    rooms = {room(module) for module in SOURCES} - {""}
    assert set().union(*LAYERS.values()) == rooms


def test_rooms_stay_small():
    lines = {module: text.count("\n") for module, text in SOURCES.items() if text}
    assert {module: count for module, count in lines.items() if count > LONGEST_MODULE} == {}
    assert statistics.median(lines.values()) < LONGEST_MEDIAN
    in_c = {path.name: path.read_text(encoding="utf-8").count("\n") for path in ROOT.rglob("*.[ch]")}
    assert {name: count for name, count in in_c.items() if count > LONGEST_MODULE} == {}


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_every_module_says_what_it_is_for(module):
    assert ast.get_docstring(ast.parse(SOURCES[module]))


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("host", "from airflow_tune.recommend import plan", ["recommend"]),
        ("host", "def f():\n    import airflow_tune.settings", ["settings"]),
        ("diagnose", "from airflow_tune import recommend, cli", ["cli", "recommend"]),
        ("recommend", "from airflow_tune.diagnose import capacity", []),
        ("errors", "from airflow_tune.origins import Origin", []),
        ("errors", "from airflow_tune.host import Host", ["host"]),
        ("cli", "from airflow_tune.host import read_host\nimport os", []),
    ],
)
def test_a_wrong_import_is_seen(name, source, expected, monkeypatch):
    for other in ("recommend", "cli"):
        monkeypatch.setitem(SOURCES, f"{PACKAGE}.{other}", "")
    assert wrong_way(name, source) == expected


def test_a_new_room_is_told_where_to_put_itself():
    with pytest.raises(
        AssertionError, match=r"airflow_tune\.attic .* add it to LAYERS in tests/test_house\.py"
    ):
        wrong_way("attic", "")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os.path", ["os.path"]),
        ("from pathlib import Path", ["pathlib"]),
        ("from pathlib import PurePosixPath", []),
        ("def f(engine):\n    from sqlalchemy import text", ["sqlalchemy"]),
        ("x = open('airflow.cfg')", ["open"]),
        ("import math", []),
    ],
)
def test_a_judge_that_reads_is_seen(source, expected):
    assert reaches_out(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = version < other", [1]),
        ("a = installation.version >= AirflowVersion('3.0')", [1]),
        ("a = 1\nb = version.minor == '2.11'", [2]),
        ("a = version._triple", [1]),
        ("a = version.text.startswith('3')", [1]),
        ("a = version is None", []),
        ("a = cgroup.version == 2", []),
        ("a = version.api_serves_tasks", []),
        ("a = slots < limit", []),
    ],
)
def test_a_compared_version_is_seen(source, expected):
    assert compares_versions(source) == expected
