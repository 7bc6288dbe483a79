"""What one Airflow release knows about its options, read from its wheels without importing them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")

# Where a release may keep its parser, its fallback defaults and its weight rules; what is there is read.
_PARSERS = ("airflow/_shared/configuration/parser.py", "airflow/configuration.py")
_FALLBACKS = (
    "airflow/config_templates/provider_config_fallback_defaults.cfg",
    "airflow/config_templates/pre_2_7_defaults.cfg",
)
# The tables that cannot be evaluated as literals name these; the start methods are those of Linux.
_WEIGHT_RULES = ["absolute", "downstream", "upstream"]
_START_METHODS = ["fork", "forkserver", "spawn"]


# conf.getint("core", "parallelism"), with or without the names of the arguments.
_READ = re.compile(
    r"""conf\.(?P<getter>get\w*)\(\s*(?:section=)?["'](?P<section>[\w.]+)["'],\s*(?:key=)?["'](?P<option>\w+)["']"""
)


@dataclass(frozen=True)
class Wheel:
    """The files of one wheel, opened by the name and version of its package."""

    path: Path

    def read(self, name: str) -> str | None:
        """Return the text of the file `name`, or None where the wheel has no such file."""
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(name).decode() if name in archive.namelist() else None

    def sources(self) -> Iterator[str]:
        """Yield the text of every Python module."""
        with zipfile.ZipFile(self.path) as archive:
            for name in archive.namelist():
                if name.endswith(".py"):
                    yield archive.read(name).decode()

    def read_first(self, names: tuple[str, ...]) -> str:
        """Return the text of the first file of `names` that the wheel has."""
        return next(text for name in names if (text := self.read(name)) is not None)


def _as(kind: type[T], node: object) -> T:
    """Return `node`, which Airflow has always written as a `kind`; raises TypeError where it changed."""
    if not isinstance(node, kind):
        raise TypeError(f"expected {kind.__name__}, found {node!r}")
    return node


def fetch(package: str, version: str, cache: Path) -> Wheel:
    """Return the wheel of `package`, downloaded by pip unless `cache` holds it already."""
    pattern = f"{package.replace('-', '_')}-{version}-*.whl"
    found = next(cache.glob(pattern), None)
    if found is None:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(cache)]
        command += ["--only-binary=:all:", "--python-version=3.11", f"{package}=={version}"]
        subprocess.run(command, check=True)
        found = next(cache.glob(pattern))
    return Wheel(found)


def option_descriptions(core: Wheel) -> dict[str, Any]:
    """Return Airflow's own config.yml: section → {"options": {option → description}}."""
    described: dict[str, Any] = yaml.safe_load(core.read("airflow/config_templates/config.yml") or "")
    return described


def readers(all_wheels: Iterable[Wheel]) -> dict[tuple[str, str], set[str]]:
    """Return (section, option) → the getters that code of the wheels reads it with."""
    found: dict[tuple[str, str], set[str]] = {}
    for wheel in all_wheels:
        for source in wheel.sources():
            for read in _READ.finditer(source):
                name = (read["section"].lower(), read["option"].lower())
                found.setdefault(name, set()).add(read["getter"])
    return found


def provider_descriptions(provider: Wheel, folder: str) -> dict[str, Any]:
    """Return the `config` part of what the provider's `get_provider_info` returns."""
    tree = ast.parse(provider.read(f"airflow/providers/{folder}/get_provider_info.py") or "")
    returned = next(node for node in ast.walk(tree) if isinstance(node, ast.Return))
    described: dict[str, Any] = ast.literal_eval(_as(ast.expr, returned.value))["config"]
    return described


def fallback_defaults(core: Wheel) -> ConfigParser:
    """Return the defaults that hold for provider options whose provider is not installed."""
    parser = ConfigParser()
    parser.read_string(core.read_first(_FALLBACKS))
    return parser


def parser_sources(core: Wheel) -> list[str]:
    """Return the source of every module that defines Airflow's configuration parser."""
    return [text for name in _PARSERS if (text := core.read(name)) is not None]


def class_table(sources: list[str], name: str) -> ast.expr:
    """Return the expression that the class attribute `name` of the parser is assigned last."""
    found = [
        node.value
        for source in sources
        for node in _class_assignments(source)
        if node.value is not None and _target(node) == name
    ]
    return found[-1] if found else ast.Dict(keys=[], values=[])


def _class_assignments(source: str) -> Iterator[ast.Assign | ast.AnnAssign]:
    for cls in ast.walk(ast.parse(source)):
        if isinstance(cls, ast.ClassDef) and cls.name == "AirflowConfigParser":
            yield from (node for node in cls.body if isinstance(node, ast.Assign | ast.AnnAssign))


def _target(node: ast.Assign | ast.AnnAssign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else ""


def deprecated_values(sources: list[str]) -> dict[str, dict[str, list[str]]]:
    """Return section → option → [pattern of `re`, replacement] that Airflow applies at its start."""
    table = _as(ast.Dict, class_table(sources, "deprecated_values"))
    return {
        str(ast.literal_eval(section)): {
            str(ast.literal_eval(option)): [_pattern(pair.elts[0]), str(ast.literal_eval(pair.elts[1]))]
            for option, pair in zip(options.keys, options.values, strict=True)
            if option is not None and isinstance(pair, ast.Tuple)
        }
        for section, options in zip(table.keys, table.values, strict=True)
        if section is not None and isinstance(options, ast.Dict)
    }


def _pattern(node: ast.expr) -> str:
    """Return the pattern a `re.compile(...)` or `re2.compile(...)` expression compiles, for `re`."""
    if isinstance(node, ast.BinOp):
        return _pattern(node.left) + _pattern(node.right)
    if isinstance(node, ast.Constant):
        return str(node.value)
    call = _as(ast.Call, node)
    function = _as(ast.Attribute, call.func)
    inner = _pattern(call.args[0])
    if function.attr == "escape":
        return re.escape(inner)
    # In re2 both \z and $ mean the very end; re's $ would also match before a last line break.
    is_re2 = isinstance(function.value, ast.Name) and function.value.id == "re2"
    return re.sub(r"\\z|(?<!\\)\$", r"\\Z", inner) if is_re2 else inner


def enums(sources: list[str]) -> dict[str, list[str]]:
    """Return "section.option" → the values that Airflow accepts at its start."""
    levels = ast.literal_eval(class_table(sources, "_available_logging_levels"))
    table = _as(ast.Dict, class_table(sources, "enums_options"))
    return {
        ".".join(ast.literal_eval(key)): _choices(value, levels)
        for key, value in zip(table.keys, table.values, strict=True)
        if key is not None
    }


def _choices(node: ast.expr, levels: list[str]) -> list[str]:
    if isinstance(node, ast.Name):
        return levels
    if isinstance(node, ast.Call):
        return _WEIGHT_RULES if "all_weight_rules" in ast.dump(node) else _START_METHODS
    parts = [
        levels if isinstance(part, ast.Starred) else [str(ast.literal_eval(part))]
        for part in _as(ast.List, node).elts
    ]
    return [choice for part in parts for choice in part]


def lint_rules(core: Wheel) -> Iterator[tuple[str, str | None, bool]]:
    """Yield (old name, new name or None, whether the name is gone) for each rule of `config lint`."""
    tree = ast.parse(core.read("airflow/cli/commands/config_command.py") or "")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ConfigChange":
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            yield _name(given["config"]), _renamed(given), _is_gone(given)


def _renamed(given: dict[str | None, ast.expr]) -> str | None:
    return _name(given["renamed_to"]) if "renamed_to" in given else None


def _is_gone(given: dict[str | None, ast.expr]) -> bool:
    kept = "was_removed" in given and ast.literal_eval(given["was_removed"]) is False
    return not kept and not {"default_change", "is_invalid_if", "remove_if_equals"} & set(given)


def _name(node: ast.expr) -> str:
    call = _as(ast.Call, node)
    parts = [*call.args, *(keyword.value for keyword in call.keywords)]
    return ".".join(str(ast.literal_eval(part)) for part in parts)


def revision_heads(core: Wheel) -> dict[str, str]:
    """Return version → Alembic revision of the metadata DB, from `_REVISION_HEADS_MAP`."""
    for node in ast.walk(ast.parse(core.read("airflow/utils/db.py") or "")):
        if isinstance(node, ast.Assign | ast.AnnAssign) and _target(node) == "_REVISION_HEADS_MAP":
            heads: dict[str, str] = ast.literal_eval(_as(ast.expr, node.value))
            return heads
    return {}
