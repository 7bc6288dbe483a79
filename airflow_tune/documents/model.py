"""A user's document: its plain data, the line of each value, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from airflow_tune.documents.quantity import read_quantity
from airflow_tune.errors import DocumentError
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.units import parse_bytes, parse_cores, parse_duration

Keys: TypeAlias = tuple[str | int, ...]

_MOST_SHOWN = 100


class Problem(NamedTuple):
    """One thing wrong in a document; `line` counts from 1 and is None where the whole file is meant."""

    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file that fits its schema.

    `data` holds dicts, lists, text, numbers, booleans and None only. Values are named by the keys
    and positions that lead to them: `document.line_of("workers", 0, "cores")`.
    """

    data: dict[str, Any]
    path: Path
    what: str
    kind: OriginKind
    lines: Mapping[Keys, int]

    def line_of(self, *keys: str | int) -> int:
        """Return the line (from 1) of a value, or of what should hold it where it is not written."""
        return nearest_line(self.lines, keys)

    def origin(self, *keys: str | int) -> Origin:
        """Return where a value stands, as file:line."""
        return Origin(self.kind, str(self.path), self.line_of(*keys))

    def value(self, *keys: str | int, default: Any = None) -> Any:  # noqa: ANN401 - YAML holds anything
        """Return the value at `keys`, or `default` where any of them is not written."""
        node: Any = self.data
        try:
            for key in keys:
                node = node[key]
        except (KeyError, IndexError, TypeError):
            return default
        return node

    def bytes_at(self, *keys: str | int) -> Measured[int]:
        """Return the bytes written at `keys`, which the schema gives the format "bytes"."""
        return Measured(int(read_quantity(parse_bytes, self.value(*keys))), self.origin(*keys))

    def seconds_at(self, *keys: str | int) -> Measured[float]:
        """Return the seconds written at `keys`, which the schema gives the format "timespan"."""
        return Measured(float(read_quantity(parse_duration, self.value(*keys))), self.origin(*keys))

    def cores_at(self, *keys: str | int) -> Measured[float]:
        """Return the cores written at `keys`, which the schema gives the format "cores"."""
        return Measured(float(read_quantity(parse_cores, self.value(*keys))), self.origin(*keys))

    def count_at(self, *keys: str | int) -> Measured[int]:
        """Return the whole number written at `keys`, which the schema gives the type "integer"."""
        return Measured(int(self.value(*keys)), self.origin(*keys))

    def refusal(self, problems: Sequence[Problem]) -> DocumentError:
        """Return the one error that lists `problems` found after the schema was met."""
        return refusal(problems, path=self.path, what=self.what)


def nearest_line(lines: Mapping[Keys, int], keys: Keys) -> int:
    """Return the line of `keys`, or of the nearest of what holds it that has one."""
    while keys and keys not in lines:
        keys = keys[:-1]
    return lines.get(keys, 1)


def refusal(problems: Sequence[Problem], *, path: Path, what: str) -> DocumentError:
    """Return the one error that lists every problem with its file:line, in the order of lines."""
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    place = partial(_place, path)
    if len(ordered) == 1:
        return DocumentError(
            f"the {what} cannot be used: {ordered[0].message}",
            where=place(ordered[0]),
            remedy="correct it and run again",
        )
    listed = [f"  {place(problem)}: {problem.message}" for problem in ordered[:_MOST_SHOWN]]
    if len(ordered) > _MOST_SHOWN:
        listed.append(f"  … and {len(ordered) - _MOST_SHOWN} more")
    return DocumentError(
        "\n".join([f"the {what} cannot be used, {len(ordered)} things are wrong:", *listed]),
        where=str(path),
        remedy="correct these lines and run again",
    )


def _place(path: Path, problem: Problem) -> str:
    return str(path) if problem.line is None else f"{path}:{problem.line}"
