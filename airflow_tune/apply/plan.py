"""What writing recommendations into airflow.cfg would do, before anything is done."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from airflow_tune.apply.change import Change, expansion_note
from airflow_tune.apply.document import CfgDocument
from airflow_tune.apply.rewrite import Rewrite
from airflow_tune.findings import POOL_PREFIX, Recommendation
from airflow_tune.origins import OriginKind
from airflow_tune.secrets import redact
from airflow_tune.settings import Setting, Settings
from airflow_tune.settings.candidate import VARIABLE_PREFIX, variable


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A recommendation that this airflow.cfg cannot carry: why not, and the line to set or run instead."""

    option: str
    proposed: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class WritePlan:
    """The file as it would be, the changes in it, and what has to be done elsewhere.

    `changes` are those that differ from what the file says; `notes` say what a reader of the diff
    might not expect.
    """

    rewrite: Rewrite
    changes: tuple[Change, ...]
    elsewhere: tuple[Elsewhere, ...]
    notes: tuple[str, ...]


def plan_write(
    path: Path,
    data: bytes,
    recommendations: Iterable[Recommendation],
    settings: Settings,
    *,
    obstacle: str = "",
) -> WritePlan:
    """Return what writing `recommendations` into `path`, which holds `data`, would do.

    `settings` are those in effect, read with the environment that Airflow has: a value that an
    environment variable overrides would have no effect in the file, so it is not written. Neither
    is anything if there is an `obstacle` (see find_obstacle); each line to set instead is named.
    An option that the file holds under an old name only is changed there, where Airflow reads it:
    the new name beside it would leave two values, of which an older Airflow reads the other.

    Raise ApplyError where CfgDocument does.
    """
    document = CfgDocument.parse(data, str(path))
    targets = [_target(one, settings, obstacle) for one in recommendations]
    changes = tuple(one for one in targets if isinstance(one, Change) and document.differs(one))
    elsewhere = tuple(one for one in targets if isinstance(one, Elsewhere))
    rewrite = Rewrite(path, data, document.edited(changes))
    return WritePlan(rewrite, changes, elsewhere, tuple(_notes(changes, settings)))


def _target(one: Recommendation, settings: Settings, obstacle: str) -> Change | Elsewhere:
    if one.option.startswith(POOL_PREFIX):
        return _pool(one)
    if not one.is_setting:
        return Elsewhere(one.option, one.proposed, "it is said in the DAG's file", one.how)
    section, _, option = one.option.partition(".")
    setting = settings.get(section, option)
    line = _environment_line(setting, one.proposed)
    if one.scope:
        remedy = f"set it for the workers of {one.scope} alone: {line}"
        return Elsewhere(one.option, one.proposed, f"it is meant for {one.scope} only", remedy)
    variable_set = _overriding_variable(setting)
    if variable_set:
        why = f"the environment variable {variable_set} overrides the file"
        return Elsewhere(one.option, one.proposed, why, f"set it there: {line}")
    if obstacle:
        return Elsewhere(one.option, one.proposed, obstacle, f"set it in the environment: {line}")
    # Where the file holds the old name only, Airflow reads it there.
    key = setting.read_as or (setting.section, setting.option)
    return Change(*key, one.proposed, one.reason, one.current)


def _pool(one: Recommendation) -> Elsewhere:
    name = shlex.quote(one.option.removeprefix(POOL_PREFIX))
    remedy = f"run: airflow pools set {name} {one.proposed} {shlex.quote(one.reason)}"
    return Elsewhere(one.option, one.proposed, "pools are kept in the metadata DB", remedy)


def _overriding_variable(setting: Setting) -> str:
    """Return the variable that gives the value, be it a deprecated one or a _CMD or _SECRET, or ""."""
    kind, where = setting.origin.kind, setting.origin.where
    if kind is OriginKind.ENVIRONMENT:
        return where
    return where.partition(" ")[0] if kind is OriginKind.COMMAND and where.startswith(VARIABLE_PREFIX) else ""


def _environment_line(setting: Setting, value: str) -> str:
    """Return the line that sets the option under its present name, which wins over an old one."""
    name = variable((setting.section, setting.option))
    if setting.sensitive or redact(value) != value:
        return f"{name} (the value holds a secret and is not shown)"
    return f"{name}={shlex.quote(value)}"


def _notes(changes: Iterable[Change], settings: Settings) -> Iterator[str]:
    for change in changes:
        setting = settings.get(*change.key)
        if setting.read_as == change.key:
            yield f"{setting.name} stands in the file under its old name {change.name} and is changed there"
        note = expansion_note(change)
        if note:
            yield note
