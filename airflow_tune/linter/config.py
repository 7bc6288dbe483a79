"""Lint's configuration: `[tool.airflow-tune.lint]` of pyproject.toml, or `[lint]` of airflow-tune.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_tune.errors import TuneError, UsageError, nearest
from airflow_tune.findings import Severity
from airflow_tune.lint.catalog import Catalog
from airflow_tune.lint.options import Options
from airflow_tune.lint.selection import Selection

RULE_LIST = (tuple, list, set, frozenset)


@dataclass(frozen=True)
class Config:
    """What a configuration asks for; `problems` are the parts of it that could not be used."""

    file: Path | None = None
    selection: Selection = field(default_factory=Selection)
    options: Options = field(default_factory=Options)
    exclude: tuple[str, ...] = ()
    baseline: Path | None = None
    problems: tuple[TuneError, ...] = ()


def read_table(table: Mapping[str, Any], file: Path, catalog: Catalog) -> Config:
    """Return the configuration that a table means; what is wrong in it is left out and told."""
    reader = Reader(file, catalog)
    values: dict[str, Any] = {}
    for key, value in table.items():
        read = KEYS.get(key)
        if read is None:
            reader.wrong(key, "this key is not known", nearest(key, KEYS))
            continue
        try:
            values[key] = read(reader, key, value)
        except TuneError as error:
            reader.problems.append(error)
    return reader.config(values)


class Reader:
    """Reads the values of one file; each method returns a value or raises a TuneError that names its key."""

    def __init__(self, file: Path, catalog: Catalog) -> None:
        self.file = file
        self.catalog = catalog
        self.problems: list[TuneError] = []

    def wrong(self, key: str, why: str, remedy: str) -> None:
        """Note a part that cannot be used."""
        self.problems.append(UsageError(f'"{key}": {why}', where=str(self.file), remedy=remedy))

    def config(self, values: Mapping[str, Any]) -> Config:
        """Return the whole from the parts that could be read."""
        selection = Selection(
            values.get("select", ()),
            values.get("extend-select", ()),
            values.get("ignore", ()),
            values.get("per-file-ignores", ()),
            str(self.file.parent),
            values.get("severity", {}),
        )
        options = Options(values.get("rules", {}))
        baseline = values.get("baseline")
        exclude = values.get("exclude", ())
        return Config(self.file, selection, options, exclude, baseline, tuple(self.problems))

    def texts(self, key: str, value: object) -> tuple[str, ...]:
        """Return a list of texts."""
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        raise self.expected(key, "a list of texts", value)

    def codes(self, key: str, value: object) -> tuple[str, ...]:
        """Return a list of codes."""
        return self.catalog.codes(self.texts(key, value), f"{self.file}: {key}")

    def table(self, key: str, value: object) -> Mapping[str, Any]:
        """Return a table."""
        if isinstance(value, dict):
            return value
        raise self.expected(key, "a table", value)

    def path(self, key: str, value: object) -> Path:
        """Return a path, relative to the file's folder."""
        if isinstance(value, str) and value:
            return self.file.parent / value
        raise self.expected(key, "a path", value)

    def per_file(self, key: str, value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return globs with the codes that are ignored there."""
        return tuple(
            (pattern, self.codes(f"{key}.{pattern}", codes))
            for pattern, codes in self.table(key, value).items()
        )

    def severities(self, key: str, value: object) -> dict[str, Severity]:
        """Return severities by code."""
        found = {}
        names = [one.value for one in Severity]
        for code, name in self.table(key, value).items():
            if name not in names:
                raise self.expected(f"{key}.{code}", f"one of {', '.join(names)}", name)
            for each in self.catalog.codes([code], f"{self.file}: {key}"):
                found[each] = Severity(name)
        return found

    def rule_options(self, key: str, value: object) -> dict[str, dict[str, object]]:
        """Return the options of rules by code; each is of the kind of its default."""
        found = {}
        for name, options in self.table(key, value).items():
            rule = self.catalog.rule(name, f"{self.file}: {key}")
            place = f"{key}.{name}"
            for option in self.table(place, options):
                if option not in rule.options:
                    known = nearest(option, rule.options) if rule.options else "the rule has no options"
                    raise UsageError(
                        f'"{place}.{option}": this option is not known', where=str(self.file), remedy=known
                    )
            found[rule.code] = {
                option: self.like(f"{place}.{option}", given, rule.options[option])
                for option, given in options.items()
            }
        return found

    def like(self, key: str, value: object, default: object) -> object:
        """Return a value of the kind of `default`: a list of texts, a number, true or false, or a text."""
        if isinstance(default, RULE_LIST):
            return type(default)(self.texts(key, value))
        if isinstance(default, bool) or isinstance(value, bool):
            fits = isinstance(default, bool) and isinstance(value, bool)
        elif isinstance(default, (int, float)):
            fits = isinstance(value, (int, float)) and value >= 0
        else:
            fits = isinstance(value, str)
        if not fits:
            raise self.expected(key, f"a value such as {default!r}", value)
        return value

    def expected(self, key: str, what: str, value: object) -> UsageError:
        """Return the error for a value of another kind."""
        remedy = f"write {what}"
        return UsageError(f'"{key}": expected {what}, found {value!r}', where=str(self.file), remedy=remedy)


KEYS: Mapping[str, Callable[[Reader, str, object], object]] = {
    "select": Reader.codes,
    "extend-select": Reader.codes,
    "ignore": Reader.codes,
    "per-file-ignores": Reader.per_file,
    "severity": Reader.severities,
    "rules": Reader.rule_options,
    "exclude": Reader.texts,
    "baseline": Reader.path,
}
