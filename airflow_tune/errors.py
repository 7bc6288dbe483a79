"""What a user can run into: one message that says what was tried, where, and what to do next.

Exit codes follow the output contract: 2 for wrong usage or unreadable input, 3 for a source
that could not be reached or refused.
"""

from __future__ import annotations

from collections.abc import Iterable


class TuneError(Exception):
    """Base of every error that a user can cause.

    `tried` says what could not be done and why, `where` names the file:line, variable or URL
    (without its password), `remedy` the next step.
    """

    exit_code = 2

    def __init__(self, tried: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(tried)
        self.tried = tried
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.tried}" if self.where else self.tried]
        if self.remedy:
            lines.append(f"  → {self.remedy}")
        return "\n".join(lines)


class UsageError(TuneError):
    """Flags that do not fit together or name something unknown."""


class UnitError(UsageError):
    """A size, duration or number of cores that is not written as one."""


class HostError(TuneError):
    """The host's cores or memory could not be read or make no sense."""


class DocumentError(TuneError):
    """A YAML file of the user's (deployment, profile) is not what its schema asks for."""


class SettingsError(TuneError):
    """Airflow's settings could not be read, or Airflow itself would refuse them."""


class ApplyError(TuneError):
    """A change could not be written; nothing of the user's was touched."""


class BenchError(TuneError):
    """A result of the bench that cannot be read, or a workload that cannot be measured here."""


class SourceError(TuneError):
    """A metadata DB or API could not be reached, or refused."""

    exit_code = 3


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint such as `did you mean "batch-etl"?`, or the known names when none is near."""
    import difflib  # noqa: PLC0415 - only a typo needs it

    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=len(names) or 1, cutoff=0.6)
    if not close:
        return f"known: {', '.join(names)}"

    def likeness(one: str) -> tuple[float, int]:
        # A slip leaves the other signs where they were: AFT2O1 is AFT201, and not AFT213.
        same = sum(sign == other for sign, other in zip(one, name, strict=False))
        return difflib.SequenceMatcher(None, one, name).ratio(), same

    return f'did you mean "{max(close, key=likeness)}"?'
