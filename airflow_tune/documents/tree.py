"""From YAML text to plain data in which every value knows its line; nothing is ever constructed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_tune.documents.model import Keys, Problem

if TYPE_CHECKING:
    import yaml

# Beyond what any deployment or profile needs, and far below what would cost memory or stack.
DEEPEST = 50
MOST_VALUES = 20_000

_LIBYAML_TOO_DEEP = "exceeded maximum nesting depth"
"""What newer releases of libyaml say themselves, before any event comes."""
_TAG = "tag:yaml.org,2002:"
_LARGEST_NUMBER = 2**63
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Tree:
    """Plain data, the line (from 1) of each value by the keys that lead to it, and what was wrong."""

    data: Any
    lines: Mapping[Keys, int]
    problems: tuple[Problem, ...] = ()


def read_tree(text: str) -> Tree:
    """Return the data of YAML `text`; whatever cannot be read stands in its problems."""
    import yaml  # noqa: PLC0415 - costs milliseconds that `--help` need not pay

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_extent(text, loader)
        root = yaml.compose(text, Loader=loader)
        if root is None:
            return Tree(None, {}, (Problem("it is empty"),))
        builder = _Builder()
        return Tree(builder.value(root, ()), builder.lines, tuple(builder.problems))
    except yaml.YAMLError as error:
        return Tree(None, {}, (_syntax_problem(error, text),))


def _check_extent(text: str, loader: Any) -> None:  # noqa: ANN401 - PyYAML's loaders share no base
    """Refuse deep nesting before nodes are composed: libyaml recurses there and would overflow its stack."""
    import yaml  # noqa: PLC0415 - see read_tree

    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _too_deep(event.start_mark)


def _too_deep(mark: Any) -> yaml.MarkedYAMLError:  # noqa: ANN401 - PyYAML has two kinds of marks
    import yaml  # noqa: PLC0415 - see read_tree

    problem = f"nested deeper than {DEEPEST} levels, or an alias that holds itself"
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _syntax_problem(error: yaml.YAMLError, text: str) -> Problem:
    """Return what PyYAML found, in its words, with the line where it says one."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        said = getattr(error, "problem", None) or getattr(error, "context", None)
        if said == _LIBYAML_TOO_DEEP:
            return _syntax_problem(_too_deep(mark), text)
        return Problem(f"it is not readable as YAML: {said}", mark.line + 1)
    line = text.count("\n", 0, getattr(error, "position", 0)) + 1
    return Problem("it is not readable as YAML: a character that is none of text", line)


@dataclass(slots=True)
class _Builder:
    """Walks composed nodes once, aliases included, and keeps what it meets on the way."""

    lines: dict[Keys, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def value(self, node: yaml.Node, keys: Keys) -> Any:  # noqa: ANN401 - YAML holds anything
        import yaml  # noqa: PLC0415 - see read_tree

        self._count(node, keys)
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, keys)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.value(item, (*keys, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._refuse(node, f"the tag {node.tag.replace(_TAG, '!!')} is not understood here")
        return None

    def _count(self, node: yaml.Node, keys: Keys) -> None:
        """Stop at aliases that multiply or nest without end, which only show when followed."""
        import yaml  # noqa: PLC0415 - see read_tree

        if len(keys) > DEEPEST:
            raise _too_deep(node.start_mark)
        if len(self.lines) >= MOST_VALUES:
            problem = f"more than {MOST_VALUES} values, aliases followed"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        self.lines.setdefault(keys, node.start_mark.line + 1)

    def _mapping(self, node: yaml.MappingNode, keys: Keys) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            name = self._name(key_node)
            if name in result:
                first = self.lines[(*keys, name)]
                self._refuse(key_node, f'the key "{name}" stands twice, first in line {first}')
            elif name is not None:
                self.lines[(*keys, name)] = key_node.start_mark.line + 1
                result[name] = self.value(value_node, (*keys, name))
        return result

    def _name(self, node: yaml.Node) -> str | None:
        if node.tag == f"{_TAG}str" and isinstance(node.value, str):
            return node.value
        if node.tag == f"{_TAG}merge":
            self._refuse(node, "merge keys (<<) are not understood here: write the values out")
        else:
            shown = node.value if isinstance(node.value, str) else "made of several values"
            self._refuse(node, f"the key {shown} is not text: put it in quotes")
        return None

    def _scalar(self, node: yaml.ScalarNode) -> str | float | bool | None:
        """Return a scalar; dates and YAML 1.1's numbers to the base of 60 stay text as written."""
        kind = node.tag.removeprefix(_TAG)
        if kind in {"str", "timestamp", "value"} or (kind in {"int", "float"} and ":" in node.value):
            return str(node.value)
        if kind in {"null", "bool", "int", "float"}:
            return self._plain(node, kind)
        self._refuse(node, f"the tag {node.tag.replace(_TAG, '!!')} is not understood here")
        return None

    def _plain(self, node: yaml.ScalarNode, kind: str) -> float | bool | None:
        import yaml  # noqa: PLC0415 - see read_tree

        value: float | bool | None = None
        try:
            value = yaml.constructor.SafeConstructor().construct_object(node)
        except (ValueError, KeyError, IndexError):
            self._refuse(node, f'"{node.value[:_LONGEST_SHOWN]}" is no {kind}')
        if value is not None and not (math.isfinite(value) and abs(value) <= _LARGEST_NUMBER):
            self._refuse(node, f"{node.value[:_LONGEST_SHOWN]} is no number that anything here can have")
        return value

    def _refuse(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(message, node.start_mark.line + 1))
