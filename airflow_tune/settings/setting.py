"""One option's effective value, where it was read, and what lost against it."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune import secrets
from airflow_tune.origins import Origin, OriginKind


@dataclass(frozen=True, slots=True, repr=False)
class Shadowed:
    """A value that was given for an option but lost; None where a command would have to tell it."""

    value: str | None
    origin: Origin
    sensitive: bool

    @property
    def shown(self) -> str:
        """Return the value fit to be printed."""
        return _shown(self.value, is_secret=self.sensitive)

    def __repr__(self) -> str:
        return f"Shadowed({self.shown!r}, {str(self.origin)!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Setting:
    """What Airflow makes of an option.

    `value` is what `conf.get` gives: None where nothing is set and there is no default, where only
    a command or a secrets backend knows (origin kind COMMAND), or where Airflow refuses to read it
    (see `problem`). `default` is what it would be if nothing were set. `type` is string, integer,
    float or boolean. `read_as` is the old name under which the value was found, else None.
    `problem` says why Airflow refuses the value, empty if it does not.
    """

    section: str
    option: str
    value: str | None
    origin: Origin
    default: str | None
    type: str
    sensitive: bool
    read_as: tuple[str, str] | None = None
    shadowed: tuple[Shadowed, ...] = ()
    problem: str = ""

    @property
    def name(self) -> str:
        """Return section and option as "core.parallelism"."""
        return f"{self.section}.{self.option}"

    @property
    def is_default(self) -> bool:
        """Return whether the value equals the default, wherever it was read.

        A generated airflow.cfg lists every default, so its origin does not tell a choice.
        """
        if self.problem or self.is_hidden:
            return False
        return self.value == self.default or _is_same_block(self.value or "", self.default or "")

    @property
    def is_hidden(self) -> bool:
        """Return whether only a command or a secrets backend knows the value."""
        return self.value is None and not self.problem and self.origin.kind is OriginKind.COMMAND

    @property
    def shown(self) -> str:
        """Return the value fit to be printed: secrets that are set are masked, None is empty."""
        if self.is_hidden:
            return secrets.MASK
        return _shown(self.value, is_secret=self.sensitive and not self.is_default)

    def __repr__(self) -> str:
        return f"Setting({self.name!r}, {self.shown!r}, {str(self.origin)!r})"


def _is_same_block(value: str, default: str) -> bool:
    """Return whether a default of several lines lost nothing but its indentation, as files do to it."""
    lines, default_lines = ([line.strip() for line in text.strip().split("\n")] for text in (value, default))
    return len(default_lines) > 1 and lines == default_lines


def _shown(value: str | None, *, is_secret: bool) -> str:
    if is_secret and value:
        return secrets.MASK
    return secrets.redact(value or "")
