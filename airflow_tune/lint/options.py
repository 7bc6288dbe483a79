"""What a user set for single rules: thresholds and lists, by code and name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Options:
    """The options that were set, by the rule's code; their names and kinds were checked against the rule."""

    given: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def of(self, code: str, name: str, default: Value) -> Value:
        """Return an option of a rule, `default` where it was not set."""
        return cast("Value", self.given.get(code, {}).get(name, default))
