"""AFC09: values that mean something else, or nothing, in the version that reads them."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.consistency.rule import Rule, setting_evidence
from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.installation.model import Installation
from airflow_tune.origins import OriginKind
from airflow_tune.settings.rename import Fate

# Still read, or read by somebody else.
HARMLESS = (Fate.HONOURED, Fate.FOREIGN)

RULE = Rule("AFC09", "version-changed-meaning", Layer.FRAMEWORK)


def check(installation: Installation) -> Iterator[Finding]:
    """Look for names the version does not read, dead options, and changed meanings."""
    yield from _ignored(installation)
    yield from _dead(installation)
    yield from _parallelism_zero(installation)
    yield from _limit_per_run(installation)


def _ignored(installation: Installation) -> Iterator[Finding]:
    for name in installation.settings.ignored:
        if name.fate in HARMLESS:
            continue
        yield RULE.finding(
            Severity.WARN,
            f"{name.name} has no effect: {name.explanation}",
            advice=f"move its value to {name.today}" if name.today else "delete it",
            evidence=(Evidence(name.name, name.shown, name.origin),),
            origin=name.origin,
        )


def _dead(installation: Installation) -> Iterator[Finding]:
    for section, option in installation.version.dead_options:
        setting = installation.settings.get(section, option)
        if setting.is_default:
            continue
        yield RULE.finding(
            Severity.INFO,
            f"{setting.name} is set, but no code of Airflow {installation.version} reads it",
            advice="delete it; it changes nothing",
            evidence=(setting_evidence(installation, section, option),),
            origin=setting.origin,
        )


def _parallelism_zero(installation: Installation) -> Iterator[Finding]:
    setting = installation.settings.get("core", "parallelism")
    if (installation.settings.integer("core", "parallelism") or 0) > 0:
        return
    unlimited = installation.version.zero_parallelism_is_unlimited
    yield RULE.finding(
        Severity.WARN if unlimited else Severity.ERROR,
        f"core.parallelism = {setting.value} "
        + (
            "means no limit at all: memory is what stops tasks then"
            if unlimited
            else f"is refused by Airflow {installation.version}: the scheduler does not start"
        ),
        advice="set a positive number (`airflow-tune recommend` computes one)",
        evidence=(setting_evidence(installation, "core", "parallelism"),),
        origin=setting.origin,
    )


def _limit_per_run(installation: Installation) -> Iterator[Finding]:
    setting = installation.settings.get("core", "max_active_tasks_per_dag")
    if (
        setting.is_default
        or setting.origin.kind is OriginKind.COMPUTED
        or not installation.version.limits_active_tasks_per_run
    ):
        return
    runs = installation.settings.integer("core", "max_active_runs_per_dag") or 1
    each = installation.settings.integer("core", "max_active_tasks_per_dag") or 0
    yield RULE.finding(
        Severity.INFO,
        f"core.max_active_tasks_per_dag = {each} counts per DAG run since 3.0, per DAG before:"
        f" one DAG with {runs} active runs may hold {each * runs} slots",
        advice="use a pool where a whole DAG must be held to a number",
        evidence=(
            setting_evidence(installation, "core", "max_active_tasks_per_dag"),
            setting_evidence(installation, "core", "max_active_runs_per_dag"),
        ),
        origin=setting.origin,
    )
